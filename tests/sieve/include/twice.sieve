require ["include", "fileinto", "variables"];
include "shares"; include "shares"; global "x"; if string "${x}" "sharedshared" { discard; }
