# Regular expressions on addresses.
require ["fileinto", "regex", "variables"];
set "r" "";
if address :regex "from" "^[a-z]+\\.[a-z]+@" { set "r" "${r}a"; }
if address :domain :regex ["to", "cc"] "^(.*\\.)?([a-z0-9-]+)\\.(org|net)$" { set "r" "${r}b ${2} ${3}"; }
if address :localpart :regex "from" "[0-9]" { set "r" "${r}c"; }
if address :localpart :regex "from" "^[[:alpha:]]{4,6}$" { set "r" "${r}d"; }
fileinto "regex ${r}";
