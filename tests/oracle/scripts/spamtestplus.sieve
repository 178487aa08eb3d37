# The same in percent, and what was not tested.
require ["spamtestplus", "fileinto", "relational", "comparator-i;ascii-numeric", "variables"];
set "r" "";
if spamtest :percent :matches "*" { set "r" "${1}"; }
if spamtest :count "eq" :comparator "i;ascii-numeric" "0" { set "r" "${r} untested"; }
if spamtest :percent :value "gt" :comparator "i;ascii-numeric" "60" { set "r" "${r} spam"; }
if spamtest :matches "*" { set "r" "${r} ${1}"; }
fileinto "percent ${r}";
