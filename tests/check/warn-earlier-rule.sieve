require ["fileinto", "imap4flags"];
# rule:[lists]
if address :domain "to" "lists.example.org" {
	fileinto "Lists";
	stop;
}
# rule:[flags]
if header "x-priority" "1" {
	addflag "\\Flagged";
}
# rule:[one list]
if allof (size :under 1M, address :domain "to" "lists.example.org") {
	fileinto "One";
}
