if header "subject" [1, 2] { stop; }
