require ["index", "date"];
if header :index 0 "a" "b" { }
if header :last "a" "b" { }
if header :index "1" "a" "b" { }
if header :index 1 :index 2 "a" "b" { }
if exists :index 1 "a" { }
if currentdate :index 1 "day" "b" { }
