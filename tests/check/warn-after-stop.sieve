require "fileinto";
keep;
stop;
fileinto "Lists";
