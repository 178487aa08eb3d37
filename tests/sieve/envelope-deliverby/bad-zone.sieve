require ["envelope", "envelope-deliverby"]; if envelope :zone "UTC" "bytimeabsolute" "x" { keep; }
