require "fileinto";
fileinto "Archive";
if header :contains "subject" "urgent" {
	fileinto "Urgent";
}
