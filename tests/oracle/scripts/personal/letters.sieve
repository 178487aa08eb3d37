require ["include", "variables"];
global "state";
if header :contains "from" "a" { set "state" "${state}a"; } else { set "global.state" "${global.state}-"; return; }
set "state" "${state}b";
