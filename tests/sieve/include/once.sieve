require ["include", "fileinto", "variables"];
include :once "files"; include :once "files"; include :once "discards";
