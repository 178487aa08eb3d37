require "include"; include "personal";
