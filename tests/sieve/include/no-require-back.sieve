require "include";
include "files";
fileinto "b";
