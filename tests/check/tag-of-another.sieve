require "fileinto";
fileinto :flagged "x";
