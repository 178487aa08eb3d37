require ["include", "fileinto", "variables"];
global "x"; set "x" "mine"; include "shares"; if string "${x}" "mineshared" { discard; }
