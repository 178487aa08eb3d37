require "vacation";
vacation "I am away.";
keep;
vacation "I am still away.";
