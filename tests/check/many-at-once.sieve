require ["fileinto", "imap4flags"];

if adress :contians "from" "boss@example.org" {
	adflag "\\Flagged";
	fileinto "Boss"
}
elseif header :is "subject" {
	discard "x";
}
stp;
