require ["fileinto", "variables", "vacation", "imap4flags"];
if header :is subject "x" {
	fileinto Junk;
}
if address :is from alice@example.org {
	fileinto Lists/news.weekly;
}
if header :contains "subject" Buy now {
	redirect bob@example.net;
}
if header :is ["to", cc, resent from] "a@example.net" {
	fileinto [Entwürfe];
}
set "folder" "x";
fileinto folder;
vacation :from bob@example.net :days seven "away";
fileinto .Junk;
setflag \Seen;
addflag Flagged # of mine
;
redirect
	bob@example.net;
kepe;
