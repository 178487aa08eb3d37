if envelope "from" "x" { }
