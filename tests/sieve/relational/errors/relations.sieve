require ["relational", "variables"];
if header :count "xx" "a" "1" { }
if header :value "" "a" "1" { }
if header :value "${x}" "a" "1" { }
if header :value :comparator "i;octet" "a" "1" { }
if header :value "eq" :count "eq" "a" "1" { }
