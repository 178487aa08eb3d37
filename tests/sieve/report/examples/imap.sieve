require ["imapsieve", "environment", "vnd.dovecot.report"];

if allof(
    environment "imap.mailbox" "Spam Report",
    environment "imap.cause" "COPY",
    header "x-spam-status" "not spam") {
    report "abuse" "This spam message slipped through."
    "spam-report@example.org";
}
