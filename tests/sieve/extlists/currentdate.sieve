require ["extlists", "date"]; if currentdate :list "date" ":addrbook:work" { keep; }
