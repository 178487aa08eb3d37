require "variables";
if header "subject" "${nowhere.x}" { }
