# The same by its old name.
require ["imapflags", "fileinto"];
if header :contains "subject" "re:" { mark; }
if header :contains "from" "a" { addflag "\\Answered"; fileinto "Answered"; setflag ["\\Seen", "\\Deleted"]; }
else { mark; unmark; addflag ["\\Draft"]; }
if exists "x-mailer" { removeflag "\\Seen"; }
keep;
