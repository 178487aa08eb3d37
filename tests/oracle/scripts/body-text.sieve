# The text of the body, decoded and in UTF-8.
require ["fileinto", "body", "variables"];
set "r" "";
if body :text :contains "the" { set "r" "${r}a"; }
if body :text :contains "é" { set "r" "${r}b"; }
if body :contains ["ü", "Ä"] { set "r" "${r}c"; }
if body :text :contains "signed-off-by" { set "r" "${r}d"; }
if body :text :contains "=20" { set "r" "${r}e"; }
if body :text :contains "free" { set "r" "${r}f"; }
if body :text :contains "日" { set "r" "${r}g"; }
fileinto "text-${r}";
