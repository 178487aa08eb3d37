require ["replace", "variables"];
set "from" "no address";
replace :from "${from}" "x";
