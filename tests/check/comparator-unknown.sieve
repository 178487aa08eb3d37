if header :comparator "i;ascii-casemapp" "subject" "x" { stop; }
