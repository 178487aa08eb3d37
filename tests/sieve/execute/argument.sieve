require ["vnd.dovecot.execute", "variables", "encoded-character"];

set "x" "a${hex:0a}b";
execute "say" "${x}";
