require "include";
include "sees";
