redirect "a@example.org;
keep;
stop;
