# Orders and counts, in each comparator.
require ["relational", "fileinto", "variables", "comparator-i;ascii-numeric", "comparator-i;octet", "envelope"];
set "r" "";
if header :value "lt" :comparator "i;octet" "subject" "a" { set "r" "${r}a"; }
if header :value "ge" :comparator "i;octet" "subject" ["R", "a"] { set "r" "${r}b"; }
if header :value "ne" "subject" "hello" { set "r" "${r}c"; }
if header :value "eq" "mime-version" "1.0" { set "r" "${r}d"; }
if header :value "gt" :comparator "i;ascii-numeric" "x-priority" "2" { set "r" "${r}e"; }
if header :value "le" :comparator "i;ascii-numeric" ["x-priority", "lines"] "3" { set "r" "${r}f"; }
if header :count "gt" :comparator "i;ascii-numeric" ["to", "cc", "bcc"] "1" { set "r" "${r}g"; }
if address :count "ge" :comparator "i;ascii-numeric" ["to", "cc"] ["3", "9"] { set "r" "${r}h"; }
if header :count "eq" "received" "0" { set "r" "${r}i"; }
if address :value "lt" :localpart "from" "m" { set "r" "${r}j"; }
if string :value "gt" :comparator "i;ascii-numeric" "10x" "9" { set "r" "${r}k"; }
if string :value "eq" :comparator "i;ascii-numeric" ["", "x"] "y" { set "r" "${r}l"; }
fileinto "order-${r}";
