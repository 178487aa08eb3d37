# Words in header fields, folded and encoded ones.
require ["fileinto", "variables"];
set "r" "";
if header :contains "subject" "patch" { set "r" "${r}a"; }
if header :contains "subject" ["é", "ö", "日", "я"] { set "r" "${r}b"; }
if header :contains ["from", "to", "cc"] "@gmail.com" { set "r" "${r}c"; }
if header :contains "received" "by " { set "r" "${r}d"; }
if header :contains "references" "> <" { set "r" "${r}e"; }
if header :contains "content-type" "; charset" { set "r" "${r}f"; }
if header :contains "subject" "=?" { set "r" "${r}g"; }
if header :contains "content-type" "boundary" { set "r" "${r}h"; }
if header :contains "subject" "" { set "r" "${r}i"; }
if header :contains ["x-nothing", "x-none"] "" { set "r" "${r}j"; }
if header :contains "from" "\"" { set "r" "${r}k"; }
if header :contains "subject" "  " { set "r" "${r}l"; }
fileinto "contains-${r}";
