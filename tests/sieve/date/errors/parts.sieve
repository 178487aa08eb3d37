require "date";
if date :zone "+0000" :originalzone "date" "day" "1" { }
if date :zone "GMT" "date" "day" "1" { }
if date "date" "days" "1" { }
if currentdate "now" "1" { }
if currentdate :originalzone "day" "1" { }
if date :zone "date" "day" "1" { }
if date "date" "1" { }
