require "variables";
set :uper "a" "b";
