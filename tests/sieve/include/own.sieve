require ["include", "fileinto", "variables"];
set "x" "mine"; if string :matches "mine" "m*" { include "own"; } if string "${x}${1}" "mineine" { discard; }
