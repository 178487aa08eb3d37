# options: --mail MAIL
require ["fileinto", "mailbox"];
fileinto "Lists";
fileinto "Lsits";
fileinto :create "New";
