require ["copy", "fileinto"];
keep :copy;
discard :copy;
fileinto :copy :copy "x";
