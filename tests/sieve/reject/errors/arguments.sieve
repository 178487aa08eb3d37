require "reject";
reject;
reject 5;
reject ["a", "b"];
reject :now "No.";
