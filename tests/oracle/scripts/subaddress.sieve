# The user and the detail of addresses in the header.
require ["fileinto", "subaddress", "variables"];
set "u" "none"; set "d" "none";
if address :user :matches ["to", "cc"] "*" { set :length "u" "${1}"; }
if address :detail :matches ["to", "cc"] "*" { set "d" "detail"; }
if address :detail :matches "from" "*" { set :length "n" "${1}"; set "d" "${d} from ${n}"; }
if address :user :contains "from" "+" { set "d" "${d} plus"; }
fileinto "user ${u} ${d}";
