# What a spam filter left, as a number from 0 to 10.
require ["spamtest", "fileinto", "relational", "comparator-i;ascii-numeric", "variables"];
set "r" "";
if spamtest :matches "*" { set "r" "${1}"; }
if spamtest :value "ge" :comparator "i;ascii-numeric" "5" { set "r" "${r} spam"; }
if spamtest :is "0" { set "r" "${r} untested"; }
if spamtest :value "eq" :comparator "i;ascii-numeric" "10" { set "r" "${r} sure"; }
fileinto "score ${r}";
