if header "subject" = "x" { stop; }
kepe;
