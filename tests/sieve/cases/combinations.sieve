require ["index", "mime", "date", "body", "envelope", "variables", "relational"];
if envelope :index 1 "from" "x" { }
if body :index 1 "x" { }
if string :index 1 "x" "x" { }
if date :mime "date" "day" "x" { }
if envelope :mime "from" "x" { }
if address :zone "+0000" "from" "x" { }
if size :over :value "gt" 5 { }
