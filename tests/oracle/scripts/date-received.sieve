# The newest, the oldest and the second Received field.
require ["fileinto", "date", "index", "variables"];
set "n" "none"; set "o" "none"; set "m" "none";
if date :index 1 :matches "received" "iso8601" "*" { set "n" "${1}"; }
if date :last :index 1 :matches "received" "iso8601" "*" { set "o" "${1}"; }
if date :index 2 :matches "received" "iso8601" "*" { set "m" "${1}"; }
fileinto "received ${n} ${o} ${m}";
