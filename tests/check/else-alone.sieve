else {
	keep;
}
