require ["editheader", "variables"];
set "n" "X:Hello";
addheader "${n}" "World";
