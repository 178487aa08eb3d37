require ["mailbox", "fileinto"];
keep :create;
fileinto :create :create "x";
