# What a virus filter left, as a number from 0 to 5.
require ["virustest", "fileinto", "relational", "comparator-i;ascii-numeric", "variables"];
set "r" "";
if virustest :matches "*" { set "r" "${1}"; }
if virustest :value "ge" :comparator "i;ascii-numeric" "4" { set "r" "${r} bad"; }
fileinto "virus ${r}";
