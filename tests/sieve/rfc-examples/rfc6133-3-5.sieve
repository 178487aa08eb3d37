require ["envelope", "extlists", "enotify"];

if anyof (
    envelope :list "from" [":addrbook:customers",
                           ":addrbook:co-workers"],
    header :contains "subject" "urgent"
  ) {
    if notify_method_capability "xmpp:me@example.com" "show" "xa"
      {
        redirect "susan@example.com"; # send a copy to my backup
        keep; # also keep a copy for myself
      }
  }
