# Fields that are added, and are there from then on.
require ["editheader", "fileinto", "variables", "relational", "comparator-i;ascii-numeric", "index"];
addheader "X-First" "one";
addheader :last "X-Last" "two";
addheader "Subject" "another";
set "r" "";
if header "x-first" "one" { set "r" "${r}a"; }
if header :index 1 "subject" "another" { set "r" "${r}b"; }
if header :count "eq" :comparator "i;ascii-numeric" "subject" "2" { set "r" "${r}c"; }
if header :index 2 :matches "subject" "*" { set :length "n" "${1}"; set "r" "${r}d${n}"; }
if header :index 1 :last :is "x-last" "two" { set "r" "${r}e"; }
if header :matches "x-mailer" "*" { addheader "X-Was" "${1}"; }
if header :matches "x-was" "?*" { set :length "n" "${0}"; set "r" "${r}f${n}"; }
fileinto "added-${r}";
