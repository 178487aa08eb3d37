addheader "X-Hello" "World";
