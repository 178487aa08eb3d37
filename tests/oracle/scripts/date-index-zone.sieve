# The same in the zone that they are written in.
require ["fileinto", "date", "index", "variables"];
set "n" "none"; set "o" "none"; set "m" "none";
if date :index 1 :originalzone :matches "received" "iso8601" "*" { set "n" "${1}"; }
if date :last :index 1 :originalzone :matches "received" "iso8601" "*" { set "o" "${1}"; }
if date :index 2 :originalzone :matches "received" "iso8601" "*" { set "m" "${1}"; }
fileinto "received ${n} ${o} ${m}";
