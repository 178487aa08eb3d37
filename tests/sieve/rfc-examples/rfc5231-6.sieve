require ["relational", "comparator-i;ascii-numeric"];
if not address :count "ge" :comparator "i;ascii-numeric"
                          ["to", "cc"] ["3"] { discard; }
if anyof ( address :count "ge" :comparator "i;ascii-numeric"
                                 ["to"] ["3"],
           address :count "ge" :comparator "i;ascii-numeric"
                                 ["cc"] ["3"] ) { discard; }
if header :count "ge" :comparator "i;ascii-numeric"
                         ["received"] ["3"] { discard; }
if not header :count "ge" :comparator "i;ascii-numeric"
                         ["received", "subject"] ["3"] { discard; }
if header :count "ge" :comparator "i;ascii-numeric"
                         ["to", "cc"] ["3"] { discard; }
