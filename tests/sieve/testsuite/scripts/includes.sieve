require ["include"]; include :personal "personal"; include :global "global";
