require ["envelope", "extlists", "enotify", "vacation"];

if envelope :list "from" ":addrbook:co-workers"
  {
    if notify_method_capability "xmpp:me@example.com" "show" "xa"
      {
        vacation :handle "bigtrip" :days 3
            "I'm on an extended business trip to Texas for the
            Foo project.  Contact my backup, Susan
            <susan@example.com>, or call my assistant on
            +1 666 555 1234 if you urgently need to contact me.";
      }
  }
