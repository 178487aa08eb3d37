require "vnd.cyrus.redirect-multiple"; redirect ["a@b.c", "b@b.c", "c@b.c", "d@b.c", "e@b.c"];
