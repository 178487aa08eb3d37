require ["imap4flags", "variables", "relational"];
addflag "flagvar" "\\Answered \\Deleted";
if hasflag :count "eq" "flagvar" "2" { keep :flags "${flagvar}"; }
