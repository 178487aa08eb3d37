# The first, the last, the second field of a name.
require ["fileinto", "index", "variables"];
set "r" "";
if header :index 1 :contains "received" "esmtp" { set "r" "${r}a"; }
if header :index 2 :contains "received" "esmtp" { set "r" "${r}b"; }
if header :last :index 1 :contains "received" "esmtp" { set "r" "${r}c"; }
if header :index 2 :last :contains "received" "localhost" { set "r" "${r}d"; }
if header :index 1 :matches "received" "*" { set :length "n" "${1}"; set "r" "${r}e${n}"; }
if header :index 9 :contains "received" "" { set "r" "${r}f"; }
if address :index 1 :contains ["to", "cc"] "@" { set "r" "${r}g"; }
if header :index 2 :contains ["to", "cc"] "@" { set "r" "${r}h"; }
fileinto "index ${r}";
