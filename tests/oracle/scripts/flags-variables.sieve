# Flags in variables: what counts once, what is a flag, what is taken away.
require ["imap4flags", "variables", "fileinto", "relational", "comparator-i;ascii-numeric"];
setflag "a" ["\\Seen \\seen", "x  y", "X"];
addflag "a" "z";
removeflag "a" ["Y", "none"];
if header :contains "subject" "re:" { addflag "b" ["\\Answered", "${a}"]; } else { setflag "b" ""; }
if hasflag :count "eq" :comparator "i;ascii-numeric" "a" "3" { addflag "three"; }
if hasflag :count "gt" :comparator "i;ascii-numeric" ["a", "b"] "3" { addflag "more"; }
if hasflag :is "b" "\\answered" { addflag "b-answered"; }
if hasflag :matches "a" "\\*" { addflag "system"; }
if hasflag :contains ["b", "a"] "Z" { addflag "with-z"; }
addflag ["\\Recent", "\\NoSuch", "$Forwarded", "12"];
set "c" "Direct  direct other";
fileinto :flags "${c}" "C";
fileinto :flags ["${a}", "\\Flagged"] "A";
removeflag "three";
fileinto "Plain";
