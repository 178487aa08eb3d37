if exists [] { }
if exists ["a" "b"] { }
if exists ["a", 5] { }
if exists ["a", ] { }
if exists ["a", ["b"]] { }
