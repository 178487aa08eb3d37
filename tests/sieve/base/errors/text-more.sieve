redirect text: and more
ann@example.org
.
;