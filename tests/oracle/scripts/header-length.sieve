# Decoded values by their number of characters.
require ["fileinto", "variables"];
set "s" "none"; set "f" "none"; set "c" "none";
if header :matches "subject" "*" { set :length "s" "${1}"; }
if header :matches "from" "*" { set :length "f" "${1}"; }
if header :matches "content-type" "*" { set :length "c" "${1}"; }
fileinto "length ${s} ${f} ${c}";
