require ["foreverypart", "mime", "include"];
foreverypart { if header :mime "X-N" "4" { include "sees"; } }
