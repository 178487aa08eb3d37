require ["include", "variables", "fileinto"];
global "found"; global "stopped";
set "local" "not seen outside";
if header :contains "subject" "re:" { set "found" "${found}reply"; return; }
if header :contains "from" "b" { set "found" "${found}b"; }
if header :contains "subject" "patch" { set "stopped" "yes"; }
