if header :contain "subject" "x" { stop; }
