require ["imap4flags", "fileinto"];
setflag "\\Deleted";
fileinto "INBOX.From Boss";
