if allof (header "subject" "a" header "subject" "b") { stop; }
kepe;
