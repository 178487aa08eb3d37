require ["enotify", "variables"];
set "i" "high";
notify :importance "${i}" "mailto:ann@example.org";
