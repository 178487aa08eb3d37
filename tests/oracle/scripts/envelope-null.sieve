# envelope: <> bob@mail.example
# The null sender.
require ["fileinto", "envelope", "subaddress", "variables"];
set "r" "";
if envelope "from" "" { set "r" "${r}a"; }
if envelope :contains "from" "" { set "r" "${r}b"; }
if envelope :matches "from" "*" { set "r" "${r}c"; }
if envelope :domain "from" "" { set "r" "${r}d"; }
if envelope :localpart "from" "" { set "r" "${r}e"; }
if envelope :detail "to" "" { set "r" "${r}f"; }
if envelope :matches "from" "?*" { set "r" "${r}g"; }
fileinto "null-${r}";
