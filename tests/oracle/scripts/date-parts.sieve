# The Date field's parts, in its own time zone.
require ["fileinto", "date", "variables", "relational"];
set "z" ""; set "w" ""; set "j" ""; set "i" ""; set "s" "";
if date :originalzone :matches "date" "zone" "*" { set "z" "${1}"; }
if date :originalzone :matches "date" "weekday" "*" { set "w" "${1}"; }
if date :originalzone :matches "date" "julian" "*" { set "j" "${1}"; }
if date :originalzone :matches "date" "iso8601" "*" { set "i" "${1}"; }
if date :originalzone :matches "date" "std11" "*" { set :length "s" "${1}"; }
if date :originalzone :value "ge" "date" "hour" "12" { set "s" "${s}pm"; }
fileinto "parts ${z} ${w} ${j} ${i} ${s}";
