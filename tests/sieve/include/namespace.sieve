require ["include", "fileinto", "variables"];
set "x" "mine"; include "shares"; if string "${x}-${global.x}" "mine-shared" { set "global.x" "new"; if string "${global.x}" "new" { discard; } }
