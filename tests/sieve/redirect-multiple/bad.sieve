require "vnd.cyrus.redirect-multiple"; redirect ["a@b.c", "nobody"];
