require "enotify";
notify :from "nobody" "mailto:ann@example.org";
