require ["editheader", "variables"];
set "x" "0123456789 012345678 012345678 012345678 012345678";
set "x" "${x} ${x} ${x} ${x} ${x} ${x}";
set "x" "${x} ${x} ${x} ${x} ${x} ${x} ${x} ${x} ${x} ${x}";
addheader "X-Long" "${x}";
