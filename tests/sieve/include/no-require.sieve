require ["include", "fileinto", "variables"];
include "no-require";
