# What was not seen before is no duplicate, however it is asked.
require ["duplicate", "fileinto", "variables"];
set "r" "";
if duplicate { set "r" "${r}a"; }
if duplicate :handle "h" :header "x-mailer" { set "r" "${r}b"; }
if header :matches "subject" "*" { if duplicate :uniqueid "${1}" :seconds 60 :last { set "r" "${r}c"; } else { set "r" "${r}d"; } }
fileinto "duplicate-${r}";
