require "vacation";
vacation :mime text:
Content-Type: text/plain
Content-Description: zurück

hello
.
;
