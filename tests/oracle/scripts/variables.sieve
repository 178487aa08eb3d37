# What can be done to a value.
require ["fileinto", "variables", "relational", "comparator-i;ascii-numeric"];
set "s" "nothing";
if header :matches "subject" "*" { set "s" "${1}"; }
set :lower "l" "${s}"; set :upper :quotewildcard "u" "${s}"; set :upperfirst :lower "f" "${s}"; set :length "n" "${u}";
set "r" "";
if string :is :comparator "i;ascii-casemap" "${l}" "${s}" { set "r" "${r}a"; }
if string :is :comparator "i;octet" "${l}" "${s}" { set "r" "${r}b"; }
if string :is :comparator "i;octet" "${f}" "${s}" { set "r" "${r}c"; }
if string :matches :comparator "i;ascii-casemap" "${s}" "${u}" { set "r" "${r}d"; }
if string :value "gt" :comparator "i;ascii-numeric" "${n}" "20" { set "r" "${r}e"; }
if string :count "eq" :comparator "i;ascii-numeric" ["${l}", "", "${u}"] "2" { set "r" "${r}f"; }
if string :contains :comparator "i;ascii-casemap" "${missing}${0}${9}" "x" { set "r" "${r}g"; }
fileinto "variables ${r} ${n}";
