if {
	stop;
}
