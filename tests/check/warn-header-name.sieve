if anyof (header "recieved" "x", exists ["subjct", "X-Subjct"], header "form" "y") {
	keep;
}
