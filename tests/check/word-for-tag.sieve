require "fileinto";
if size over 5M {
	fileinto copy "Large";
}
if header contains "subject" "x" {
	stop;
}
if header "subject" contains "x" {
	keep;
}
if header :is "subject" "is" {
	discard
}
kepe;
