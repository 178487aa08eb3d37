# envelope: ann@example.com list@example.com
# Pigeonhole's own: duplicate, environment, report, pipe.
require ["vnd.dovecot.environment", "vnd.dovecot.report", "vnd.dovecot.pipe", "environment", "copy", "fileinto", "variables"];
set "r" "";
if environment :matches "vnd.dovecot.default-mailbox" "*" { set "r" "${r}a${1}"; }
if environment :matches "vnd.dovecot.username" "?*" { set "r" "${r}b"; }
if string "${env.vnd.dovecot.default_mailbox}" "INBOX" { set "r" "${r}c"; }
if header :contains "subject" "re:" { report "abuse" "a reply" "abuse@example.org"; }
if exists "x-mailer" { report :headers_only "fraud" "a mailer" "fraud@example.org"; }
if header :contains "from" "a" { pipe :copy "count" ["one", "two"]; }
fileinto "dovecot-${r}";
