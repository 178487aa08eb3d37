require "envelope";
if envelope "form" "x" { stop; }
