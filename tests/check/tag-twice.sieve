if header :is :is "subject" "x" { stop; }
