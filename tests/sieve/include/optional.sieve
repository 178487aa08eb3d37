require ["include", "fileinto", "variables"];
include :optional "nowhere"; discard;
