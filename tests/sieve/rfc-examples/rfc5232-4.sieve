require ["imap4flags", "variables", "relational", "comparator-i;ascii-numeric"];
setflag ["A", "B"];
if not hasflag :is "b A" { discard; }
if not hasflag ["b","A"] { discard; }
set "MyVar" "NonJunk Junk gnus-forward $Forwarded NotJunk JunkRecorded $Junk $NotJunk";
if not anyof (
      hasflag :contains "MyVar" "Junk",
      hasflag :contains "MyVar" "forward",
      hasflag :contains "MyVar" ["label", "forward"],
      hasflag :contains "MyVar" ["junk", "forward"],
      hasflag :contains "MyVar" "junk forward",
      hasflag :contains "MyVar" "forward junk") { discard; }
if anyof (
      hasflag :contains "MyVar" "label",
      hasflag :contains "MyVar" ["label1", "label2"]) { discard; }
if not hasflag :count "ge" :comparator "i;ascii-numeric"
                    "MyFlags" "2" { keep; }
