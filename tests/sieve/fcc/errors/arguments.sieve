require ["vacation", "enotify", "fcc", "mailbox", "imap4flags", "reject"];
vacation :fcc "../up" "I am away.";
vacation :create "I am away.";
vacation :flags "\\Seen" "I am away.";
notify :fcc "a//b" "mailto:a@example.org";
reject :fcc "Sent" "No.";
keep;
keep :fcc "Sent";
