# How many fields, and numbers in them.
require ["fileinto", "relational", "comparator-i;ascii-numeric", "variables"];
set "r" "";
if header :count "ge" :comparator "i;ascii-numeric" "received" "1" { set "r" "${r}a"; }
if header :count "ge" :comparator "i;ascii-numeric" "received" "3" { set "r" "${r}b"; }
if header :count "ge" :comparator "i;ascii-numeric" "received" "6" { set "r" "${r}c"; }
if header :count "ne" :comparator "i;ascii-numeric" ["subject", "from", "date"] "3" { set "r" "${r}d"; }
if header :count "lt" :comparator "i;ascii-numeric" ["to", "cc"] "1" { set "r" "${r}e"; }
if header :value "ge" :comparator "i;ascii-numeric" "content-length" "1000" { set "r" "${r}f"; }
if header :value "lt" :comparator "i;ascii-numeric" "lines" "20" { set "r" "${r}g"; }
if header :value "eq" :comparator "i;ascii-numeric" "x-priority" "3" { set "r" "${r}h"; }
if header :value "gt" "subject" "m" { set "r" "${r}i"; }
if header :value "le" "from" "d" { set "r" "${r}j"; }
fileinto "counts-${r}";
