require ["vnd.dovecot.execute", "variables"];

execute :input "x" :pipe "say";
execute :output "1" "say";
execute :output "a b" "say";
execute "${name}";
