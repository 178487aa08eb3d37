if anyof (true, false {
	stop;
}
kepe;
