require ["reject", "fileinto", "copy"];
reject "No.";
fileinto :copy "Refused";
