redirect ["a@b.c", "b@b.c"];
