redirect "site@example.org";
