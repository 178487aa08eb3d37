if header "subject" "${x}" { discard; }
