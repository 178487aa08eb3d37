require ["enotify"];

if not notify_method_capability "xmpp:tim@example.com" "busy" "yes"
  {
    notify :message "You got mail"
        "xmpp:tim@example.com?message;subject=SIEVE";
  }
