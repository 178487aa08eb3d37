require "variables";
set "1" "x";
set "" "x";
set "a b" "x";
set "a-b" "x";
set "1a" "x";
set "a${b}" "x";
set "nowhere.x" "y";
set "global.x" "y";
