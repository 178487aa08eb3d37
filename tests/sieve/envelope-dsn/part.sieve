require ["envelope", "envelope-dsn"]; if envelope :domain "orcpt" "x" { keep; }
