require ["include", "fileinto", "variables"];
include "stops"; discard;
