# Which domain and local part an address has.
require ["fileinto", "variables"];
set "d" "none"; set "l" "none"; set "a" "none";
if address :domain :matches "from" "*" { set :lower "d" "${1}"; }
if address :localpart :matches "from" "*" { set "l" "${1}"; }
if address :all :matches "from" "*" { set "a" "${1}"; }
set :length "ll" "${l}"; set :length "al" "${a}"; set :length "dl" "${d}";
fileinto "from ${dl} ${ll} ${al}";
