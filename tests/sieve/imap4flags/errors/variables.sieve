require "imap4flags";
setflag "v" "a";
if hasflag ["v", "w"] "a" { }
