require ["include", "fileinto", "variables"];
include "ping";
