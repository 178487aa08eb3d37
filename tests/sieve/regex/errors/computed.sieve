require ["regex", "variables"];
set "p" "(";
if header :contains "from" "" { if string :regex "x" "${p}" { discard; } }
if string :regex "x" "${p}" { discard; }
