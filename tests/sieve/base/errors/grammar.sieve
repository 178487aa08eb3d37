else { keep; }
if true { } keep; elsif true { keep; }
if true { } else { } else { }
true;
if keep { }
if allof true { }
if not (true) { }
keep { }
if true;
