require "include"; include "deep";
