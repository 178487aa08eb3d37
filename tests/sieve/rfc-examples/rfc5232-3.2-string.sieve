require ["imap4flags", "variables", "relational"];
addflag "flagvar" "\\Deleted \\Answered";
if hasflag :count "eq" "flagvar" "2" { keep :flags "${flagvar}"; }
