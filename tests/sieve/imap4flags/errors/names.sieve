require ["imap4flags", "variables"];
setflag "1x" "a";
