require ["include", "fileinto"];
include :personal "refuse";
fileinto "A";
