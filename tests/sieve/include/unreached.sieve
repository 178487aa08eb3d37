require ["include", "fileinto", "variables"];
if false { include "nowhere"; } discard;
