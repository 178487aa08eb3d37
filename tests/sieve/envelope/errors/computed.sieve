require ["envelope", "variables"];
set "part" "c";
if envelope "${part}c" "x" { }
