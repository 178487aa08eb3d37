require ["include", "fileinto", "variables"];
include "self-once";
