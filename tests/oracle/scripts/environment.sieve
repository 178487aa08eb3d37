# What the interpreter says of the place where it is.
require ["fileinto", "variables", "environment"];
set "r" "";
if environment :is "phase" "during" { set "r" "${r}a"; }
if environment :is "location" "MDA" { set "r" "${r}b"; }
if environment :contains "no-such-item" "" { set "r" "${r}c"; }
if environment :matches "name" "?*" { set "r" "${r}d"; }
if environment :matches "version" "?*" { set "r" "${r}e"; }
if environment :contains "remote-ip" "" { set "r" "${r}f"; }
fileinto "environment-${r}";
