if header "subject" [] { stop; }
