if anyof header "subject" "x" { stop; }
