require "fileinto";
fileinto "../etc";
