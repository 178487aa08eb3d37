require "date";
if currentdate "yaer" "2026" { stop; }
