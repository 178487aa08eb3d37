keep;
require "fileinto";
if true { require "copy"; }
