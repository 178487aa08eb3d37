require ["convert", "variables"];
set "type" "no type";
convert "${type}" "text/plain";
