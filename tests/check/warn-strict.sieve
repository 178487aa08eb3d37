# options: --strict
require "variables";
set "a" "b";
