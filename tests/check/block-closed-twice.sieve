if true {
	keep;
}
}
stop;
