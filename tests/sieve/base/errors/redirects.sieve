redirect "";
redirect "Friends: Ann <ann@example.org>;";
redirect "ann@example.org, bob@example.org";
redirect "@example.org";
redirect "ann bob@example.org";
