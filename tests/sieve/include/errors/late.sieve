require ["include", "variables"];
set "x" "y";
global "x";
