require ["vnd.dovecot.filter", "encoded-character"];

filter "../bin/same";
filter "/bin/cat";
if filter "bin/same" { stop; }
filter "";
filter ".hidden";
filter "a${hex:07}b";
