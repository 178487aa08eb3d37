require ["editheader", "variables"];
addheader "X-Before" "yes";
set "n" "no name";
addheader "${n}" "x";
