# A string is compared like a header field when no comparator is given.
require ["fileinto", "variables"];
set "r" "";
if string :is "Some Text" "some text" { set "r" "${r}a"; }
if string :contains "Some Text" "SOME" { set "r" "${r}b"; }
if string :matches "Some Text" "*text" { set "r" "${r}c"; }
if string :is "Some Text" "Some Text" { set "r" "${r}d"; }
if string :comparator "i;ascii-casemap" :is "Some Text" "some text" { set "r" "${r}e"; }
if string :comparator "i;octet" :is "Some Text" "some text" { set "r" "${r}f"; }
fileinto "string-${r}";
