require "ihave";
discard;
error "no such luck";
keep;
