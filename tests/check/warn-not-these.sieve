require ["fileinto", "copy", "vacation", "include", "variables", "editheader"];
# switched off
if false # rule:[old]
{
	fileinto "Old";
	stop;
}
redirect :copy "a@example.org";
redirect "b@example.org";
set "x" "y";
if header :contains "subject" "${x}" {
	stop;
}
if header :contains "subject" "${x}" {
	keep;
}
if header :contains "subject" "a" {
	fileinto "A";
	stop;
}
addheader "X-Seen" "a";
if header :contains "subject" "a" {
	fileinto "B";
} else {
	discard;
}
