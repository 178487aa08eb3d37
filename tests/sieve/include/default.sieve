require ["include", "fileinto", "variables"];
include "discards";
