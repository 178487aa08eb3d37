if mailboxexists "x" { }
