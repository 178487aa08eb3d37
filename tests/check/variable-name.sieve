require "variables";
set "a-b" "x";
set "ok" "${vnd.none}";
