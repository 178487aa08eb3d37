require ["extlists", "vacation", "enotify", "variables", "envelope"];

if allof (
    envelope :list "from" ":addrbook:default",
    notify_method_capability "xmpp:myjid@example.com" "show" "xa"
  ) {
    # :matches "*" is used here to extract the value
    if notify_method_capability :matches
        "xmpp:myjid@example.com" "status" "*" {
      set "resp_msg" "${1}";
    } else {
      set "resp_msg" "I'm away from email for a while.";
    }
    vacation :handle "ext-away" "${resp_msg}";
  }
