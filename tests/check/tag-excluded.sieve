if header :is :contains "subject" "x" { stop; }
