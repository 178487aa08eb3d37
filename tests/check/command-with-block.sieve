keep {
	stop;
}
