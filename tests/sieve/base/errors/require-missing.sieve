fileinto "x";
redirect :copy "ann@example.org";
if envelope "from" "x" { }
if header :count "eq" "subject" "1" { }
if header :comparator "i;ascii-numeric" "subject" "1" { }
