require ["foreverypart", "mime", "variables", "editheader"];

set "count" "";
foreverypart { set "count" "${count}."; }
if string "${count}" "........." { addheader "X-Count" "9"; }
if header :mime :matches "X-N" "*" { addheader "X-Part" "${1}"; }
