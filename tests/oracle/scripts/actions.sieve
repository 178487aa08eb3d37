# What is done, in what order, and what is cancelled.
require ["fileinto", "copy"];
if header :contains "subject" "re:" { fileinto "Replies"; }
if header :contains "from" "a" { fileinto :copy "FromA"; }
if header :contains "to" "list" { redirect :copy "copy@example.org"; }
if header :contains "cc" "@" { keep; }
if size :over 20K { discard; stop; }
if exists "x-mailer" { redirect "mailer@example.org"; }
elsif exists "user-agent" { fileinto "Agents"; fileinto "Agents"; }
else { if header :contains "subject" "patch" { discard; } }
