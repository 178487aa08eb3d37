# The body as it came.
require ["fileinto", "body", "variables"];
set "r" "";
if body :raw :contains "the" { set "r" "${r}a"; }
if body :raw :contains "Content-Transfer-Encoding: base64" { set "r" "${r}b"; }
if body :raw :contains "=20" { set "r" "${r}c"; }
if body :raw :matches "*<html*" { set "r" "${r}d"; }
if body :raw :comparator "i;octet" :contains "The" { set "r" "${r}e"; }
if not body :raw :contains "" { set "r" "${r}f"; }
if body :raw :contains "diff --git" { set "r" "${r}g"; }
fileinto "raw-${r}";
