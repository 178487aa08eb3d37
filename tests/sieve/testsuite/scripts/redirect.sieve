redirect "ann@example.org";
