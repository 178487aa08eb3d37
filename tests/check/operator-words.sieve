if header "subject" "a" and header "to" "b" {
	stop;
} elsif true or false {
	keep;
}
if ! header "subject" "a" { stop; }
if size > 5M { discard; }
if size < 5M { discard; }
kepe;
