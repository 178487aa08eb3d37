require ["include", "fileinto", "variables"];
include :personal "discards";
