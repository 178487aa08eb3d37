redirect "ann@example.org;
keep;
