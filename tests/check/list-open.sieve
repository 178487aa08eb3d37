if header "subject" ["a", "b" {
	stop;
}
kepe;
