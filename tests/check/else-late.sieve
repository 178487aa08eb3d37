if true {
	keep;
}
stop;
elsif false {
	keep;
}
