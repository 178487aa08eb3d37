require ["include", "fileinto", "variables"];
set "x" "mine"; include "sees";
