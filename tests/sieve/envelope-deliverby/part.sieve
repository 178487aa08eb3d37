require ["envelope", "envelope-deliverby"]; if envelope :localpart "bymode" "x" { keep; }
