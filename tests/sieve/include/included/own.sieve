require "variables";
set "x" "theirs";
if string :matches "abc" "*" { }
