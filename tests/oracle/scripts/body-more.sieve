# The body by match types, and by kinds of parts.
require ["body", "fileinto", "variables", "relational", "regex"];
set "r" "";
if body :raw :matches "*--*" { set "r" "${r}a"; }
if body :content "text/html" :contains "<" { set "r" "${r}b"; }
if body :content ["image", "application"] :contains "" { set "r" "${r}c"; }
if body :content "" :contains "http" { set "r" "${r}d"; }
if body :content "message" :contains "subject:" { set "r" "${r}e"; }
if body :text :regex "[0-9]{3}" { set "r" "${r}f"; }
if body :raw :regex "(boundary|next_?part)[^ ]" { set "r" "${r}g"; }
if body :text :comparator "i;octet" :contains "The" { set "r" "${r}h"; }
if body :content "text/plain" :contains "a" { set "r" "${r}i"; }
if body :content "text" :matches "*hello*" { set "r" "${r}j"; }
fileinto "body-${r}";
