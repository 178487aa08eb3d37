# One of several fields, from either end.
require ["index", "date", "fileinto", "variables"];
set "r" "";
if header :index 1 :contains "received" "from" { set "r" "${r}a"; }
if header :index 2 :contains "received" "by" { set "r" "${r}b"; }
if header :index 1 :last :contains "received" "from" { set "r" "${r}c"; }
if header :last :index 3 :contains "received" "" { set "r" "${r}d"; }
if header :index 9 :contains ["to", "subject"] "" { set "r" "${r}e"; }
if address :index 1 :domain :contains "to" "." { set "r" "${r}f"; }
if header :index 1 :contains ["x-none", "to"] "@" { set "r" "${r}g"; }
if date :index 1 :originalzone :matches "received" "hour" "*" { set "r" "${r}h${1}"; }
fileinto "index-${r}";
