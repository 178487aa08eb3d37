require ["include", "fileinto", "variables"];
include :once "discards"; include :once :global "discards";
