require "variables";
set "a" "${global.x}";
