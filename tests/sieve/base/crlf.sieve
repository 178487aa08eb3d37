require ["fileinto"];
if header :is "subject" "x" {
	fileinto "a"; # with CR LF
}
