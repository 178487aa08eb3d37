require "variables";
set :lower :upper "a" "b";
set :upperfirst :lower :lowerfirst "a" "b";
set :length :length "a" "b";
set :shuffle "a" "b";
