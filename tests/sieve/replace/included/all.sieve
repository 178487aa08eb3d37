require "replace";

replace "all";
