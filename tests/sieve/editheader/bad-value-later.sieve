require ["editheader", "variables", "encoded-character"];
set "v" "one${hex:0a}Bcc: two";
addheader "X-Hello" "${v}";
