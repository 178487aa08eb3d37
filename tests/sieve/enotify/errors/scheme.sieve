require "enotify";
notify "pigeon:ann@example.org";
