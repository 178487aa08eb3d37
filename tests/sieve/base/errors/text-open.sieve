redirect "a";
redirect text:
ann@example.org
..
