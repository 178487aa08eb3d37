if header : is "subject" "x" { stop; }
