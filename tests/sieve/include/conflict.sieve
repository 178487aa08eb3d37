require ["include", "fileinto", "variables"];
fileinto "a";
include "rejects";
