# The Date field, in another time zone.
require ["fileinto", "date", "variables"];
set "d" "none"; set "t" "none";
if date :zone "+0100" :matches "date" "date" "*" { set "d" "${1}"; }
if date :zone "+0100" :matches "date" "time" "*" { set "t" "${1}"; }
fileinto "date ${d} ${t}";
