require ["vnd.dovecot.pipe", "variables"];

pipe "../bin/take";
pipe "/bin/cat";
pipe "-n";
pipe "${name}";
