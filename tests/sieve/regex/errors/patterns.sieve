require ["regex", "comparator-i;ascii-numeric"];
if header :regex "subject" "(a" { }
if header :regex "subject" ["a", "[b"] { }
if header :regex "subject" "(?i)a" { }
if header :regex "subject" "a{2,1}" { }
if header :regex :comparator "i;ascii-numeric" "subject" "a" { }
