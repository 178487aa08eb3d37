# Parts of a type.
require ["fileinto", "body", "variables"];
set "r" "";
if body :content "text/plain" :contains "the" { set "r" "${r}a"; }
if body :content "text/html" :contains "<" { set "r" "${r}b"; }
if body :content "image" :contains "" { set "r" "${r}c"; }
if body :content ["application/pgp-signature", "application"] :contains "pgp" { set "r" "${r}d"; }
if body :content "text" :contains "subject" { set "r" "${r}e"; }
if body :content "message" :contains "from" { set "r" "${r}f"; }
if body :content "multipart" :contains "mime" { set "r" "${r}g"; }
fileinto "content-${r}";
