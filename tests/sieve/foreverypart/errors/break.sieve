require ["foreverypart"];

break;
if true { break; }
break :name "a";
foreverypart :name "a" { keep; }
break :name "a";
foreverypart { break :name "a"; }
foreverypart :name "b" { foreverypart :name "c" { break :name "d"; } }
foreverypart :name "e" { break :name "E"; }
foreverypart :name "" { keep; }
foreverypart :name "f" :name "g" { keep; }
foreverypart;
break { keep; }
