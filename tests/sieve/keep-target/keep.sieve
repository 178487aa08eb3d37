require "vnd.cyrus.implicit_keep_target"; implicit_keep_target "Rest"; keep;
