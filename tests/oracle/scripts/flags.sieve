# Flags, and the implicit keep with them.
require ["fileinto", "imap4flags", "variables"];
setflag "\\Seen";
if header :contains "subject" "re:" { addflag ["\\Answered", "replied"]; }
if header :contains "from" "a" { addflag "letter-a \\Flagged"; }
if size :over 5K { removeflag "\\Seen"; }
if hasflag :contains "letter" { fileinto :flags ["one", "two"] "Letters"; }
if hasflag ["\\Flagged", "replied"] { fileinto "Flagged"; }
if header :contains "to" "list" { addflag "mine" "\\Draft"; fileinto :flags "${mine}" "Mine"; }
if not hasflag "\\Seen" { stop; }
keep :flags "\\Deleted";
