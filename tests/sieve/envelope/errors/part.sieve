require "envelope";
if envelope ["to", "from", "cc"] "x" { }
