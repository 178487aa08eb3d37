require ["vacation", "variables"];
set "f" "nobody at all";
vacation :from "${f}" "text";
