if header "subject" "a" && header "subject" "b" {
	stop;
}
