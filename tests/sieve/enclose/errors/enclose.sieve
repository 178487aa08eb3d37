require ["enclose"];

enclose;
enclose :subject ["a", "b"] "text";
enclose :headers ["From:"] "text";
enclose :headers "" "text";
enclose :subject "a" :subject "b" "text";
enclose :headers "From" "text";
