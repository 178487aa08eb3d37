require "enotify";
notify;
notify "ann@example.org";
notify "mailto:ann";
notify :importance "4" "mailto:ann@example.org";
notify :options ["a=b", "colour"] "mailto:ann@example.org";
notify :level "mailto:ann@example.org";
