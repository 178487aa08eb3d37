redirect "Ann <ann@example.org>";
