require "fileinto";
fileinto "";
fileinto "../x";
fileinto "/etc";
fileinto "a/../b";
fileinto "a//b";
