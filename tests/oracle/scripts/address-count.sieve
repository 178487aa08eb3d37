# How many addresses there are in the fields.
require ["fileinto", "relational", "comparator-i;ascii-numeric", "variables"];
set "r" "";
if address :count "eq" :comparator "i;ascii-numeric" "from" "1" { set "r" "${r}a"; }
if address :count "gt" :comparator "i;ascii-numeric" "from" "1" { set "r" "${r}b"; }
if address :count "eq" :comparator "i;ascii-numeric" "to" "0" { set "r" "${r}c"; }
if address :count "eq" :comparator "i;ascii-numeric" "to" "1" { set "r" "${r}d"; }
if address :count "gt" :comparator "i;ascii-numeric" "to" "1" { set "r" "${r}e"; }
if address :count "gt" :comparator "i;ascii-numeric" ["to", "cc"] "3" { set "r" "${r}f"; }
if address :count "ge" :comparator "i;ascii-numeric" ["to", "cc"] "10" { set "r" "${r}g"; }
if address :count "ge" :comparator "i;ascii-numeric" ["from", "sender", "reply-to"] "2" { set "r" "${r}h"; }
fileinto "addresses-${r}";
