# Refusals, and what they can go with.
require ["reject", "fileinto", "variables"];
if header :contains "subject" "re:" { reject "No replies."; }
elsif exists "x-mailer" { reject "No mailers."; stop; }
elsif header :matches "from" "*@*" { set "from" "${1}"; if size :over 8K { discard; } else { fileinto "Small"; } }
else { reject text:
No
lines.
.
; }
