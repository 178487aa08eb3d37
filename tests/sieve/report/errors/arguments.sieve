require "vnd.dovecot.report";
report "not a word" "text" "a@example.org";
report "abuse" "text" "nobody";
report "abuse" "text";
report :headers_only "abuse" "text" "a@example.org, b@example.org";
