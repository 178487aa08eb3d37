require "variables";
if header "subject" "${33}" { }
