require "vacation-seconds";
vacation :seconds "30" "I am away.";
vacation :seconds -1 "I am away.";
