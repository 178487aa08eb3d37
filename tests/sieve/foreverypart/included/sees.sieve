require ["foreverypart", "mime", "variables", "include", "body"];
global ["saw", "visited"];

set "saw" "";
set "visited" "";
if header :matches "X-N" "*" { set "saw" "header ${1}"; }
if size :under 300 { set "saw" "${saw}, small"; }
if body :raw :contains "7" { set "saw" "${saw}, body"; }
if not anyof (body :raw :contains "epilogue", body :content "text" :contains "8", header :mime :anychild "X-N" "8",
	exists "Subject", address "To" "x") { set "saw" "${saw}, no more than it has"; }
foreverypart { if header :mime :matches "X-N" "*" { set "visited" "${visited}${1}"; } }
