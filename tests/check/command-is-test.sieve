header "subject" "x";
keep;
