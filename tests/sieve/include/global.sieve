require ["include", "fileinto", "variables"];
include :global "discards";
