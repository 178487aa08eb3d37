require "include"; include "one";
