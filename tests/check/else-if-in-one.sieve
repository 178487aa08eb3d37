if false {
	keep;
} elseif true {
	stop;
} else {
	discard;
}
