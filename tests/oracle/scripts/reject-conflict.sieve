# A refusal beside another action fails, wherever it stands.
require ["reject", "fileinto", "copy"];
if exists "x-mailer" { fileinto "Mailer"; }
if header :contains "subject" "re:" { reject "No replies."; }
if header :contains "cc" "@" { redirect "cc@example.org"; }
if header :contains "from" "org" { keep; }
