require ["vnd.dovecot.report", "variables"];
set "type" "not a word";
report "${type}" "text" "a@example.org";
