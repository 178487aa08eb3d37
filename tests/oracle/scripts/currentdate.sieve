# What is true of every day.
require ["date", "fileinto", "variables", "relational", "comparator-i;ascii-numeric"];
set "r" "";
if currentdate :matches "date" "20??-??-??" { set "r" "${r}a"; }
if currentdate :value "ge" "year" "2020" { set "r" "${r}b"; }
if currentdate :zone "+0130" "zone" "+0130" { set "r" "${r}c"; }
if currentdate :zone "-0500" :matches "iso8601" "*T*-05:00" { set "r" "${r}d"; }
if currentdate :zone "+0000" :matches "std11" "*, * +0000" { set "r" "${r}e"; }
if currentdate :value "le" :comparator "i;ascii-numeric" "weekday" "6" { set "r" "${r}f"; }
if currentdate :is "year" ["1970", "1900"] { set "r" "${r}g"; }
if date :matches "date" "second" "??" { set "r" "${r}h"; }
if date :zone "+0000" :value "gt" "date" "date" "2005-01-01" { set "r" "${r}i"; }
if date :zone "+0900" :matches "date" "hour" "*" { set "r" "${r}j${1}"; }
fileinto "now-${r}";
