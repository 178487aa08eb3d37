	if true {
		keep	:cpoy;
	}
