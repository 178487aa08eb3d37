require "editheader";
addheader "X-Hello" "one
two";
