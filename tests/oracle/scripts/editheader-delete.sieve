# Fields that are taken away: all of a name, some by their value, one by its number.
require ["editheader", "fileinto", "variables", "relational", "comparator-i;ascii-numeric"];
deleteheader "x-mailer";
deleteheader :index 1 "received";
deleteheader :last :index 1 "received";
deleteheader :contains "subject" ["re:", "patch"];
deleteheader :matches "message-id" "<*.*@*>";
set "r" "";
if exists "x-mailer" { set "r" "${r}a"; }
if header :count "ge" :comparator "i;ascii-numeric" "received" "1" { set "r" "${r}b"; }
if header :count "ge" :comparator "i;ascii-numeric" "received" "2" { set "r" "${r}c"; }
if exists "subject" { set "r" "${r}d"; }
if exists "message-id" { set "r" "${r}e"; }
deleteheader "to";
if address :contains "to" "@" { set "r" "${r}f"; }
addheader "To" "new@example.org";
if address :domain "to" "example.org" { set "r" "${r}g"; }
fileinto "deleted-${r}";
