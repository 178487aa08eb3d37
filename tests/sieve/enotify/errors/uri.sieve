require ["enotify", "variables"];
set "s" "a#b";
notify "mailto:ann@example.org?subject=${s}";
