require ["include", "fileinto", "variables"];
fileinto "a"; return; discard;
