require ["replace", "variables"];
set "text" "no header";
replace :mime "${text}";
