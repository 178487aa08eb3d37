require ["include", "fileinto", "variables"];
include "returns"; discard;
