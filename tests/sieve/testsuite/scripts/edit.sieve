require ["editheader", "imap4flags"];
addheader "X-Script" "edit";
setflag "\\Seen";
