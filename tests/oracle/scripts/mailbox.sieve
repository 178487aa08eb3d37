# Folders that are there or not.
require ["fileinto", "mailbox", "variables"];
set "r" "";
if mailboxexists "INBOX" { set "r" "${r}a"; }
if mailboxexists ["INBOX", "Nowhere"] { set "r" "${r}b"; }
if not mailboxexists "Nowhere" { set "r" "${r}c"; }
if header :contains "subject" "re:" { fileinto :create "Made"; }
fileinto "mailbox-${r}";
