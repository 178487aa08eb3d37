if header "subject" "日本語 é é" { kepe; }
