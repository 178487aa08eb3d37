require ["include", "fileinto", "variables"];
discard; include "nowhere";
