# a comment may come first
require "fileinto";
require ["fileinto", "copy", "fileinto"];
require "copy";
fileinto :copy "x";
