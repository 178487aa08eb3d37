keep
frop "x";
if header "x" ["a" "b"] {
	stop "x"
}
if true, false {
	keep;
}
