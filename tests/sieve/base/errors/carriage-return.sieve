redirect "onetwo@example.org";
