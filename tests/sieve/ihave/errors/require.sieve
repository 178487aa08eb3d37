if ihave "x" { }
