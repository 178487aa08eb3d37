if size :over 1M {
	discard;
	stop;
} elsif size :over 10K {
	keep;
	stop;
} else {
	stop;
}
keep;
