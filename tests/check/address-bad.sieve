redirect "Ann <@example.net:ann@example.org>";
