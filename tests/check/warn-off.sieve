# options: --no-warn unreachable,variable --no-warn header-name
require "variables";
set "a" "b";
if header "subjct" "x" { stop; }
stop;
keep;
