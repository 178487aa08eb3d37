if header "subject" :is "x" { stop; }
