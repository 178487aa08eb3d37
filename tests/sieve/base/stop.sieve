require "fileinto";
if header "subject" "zero" {
	fileinto "INBOX.first";
	if true { stop; }
	discard;
} else {
	stop;
}
keep;
