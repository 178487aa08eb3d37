require "variables";
if header :contains "subject" "x" {
	discard;
}
discard;
