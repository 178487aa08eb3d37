redirect;
redirect 5;
redirect ["ann@example.org"];
redirect "ann@example.org" "bob@example.org";
if header "subject" { }
if header "subject" "x" "y" { }
if header "subject" :is "x" { }
if header :is :is "subject" "x" { }
if header :is :contains "subject" "x" { }
if address :all :domain "from" "x" { }
if header :comparator 5 "subject" "x" { }
if header :comparator :is "subject" "x" { }
if header :comparator "i;octet" :comparator "i;octet" "subject" "x" { }
if header :comparator "i;unheard-of" "subject" "x" { }
if size 5 { }
if size :over "5" { }
if size :over :under 5 { }
if exists :is "subject" { }
if header :domain "subject" "x" { }
keep "x";
stop 5;
discard :x;
