require ["envelope", "extlists", "enotify", "vacation-seconds"];

if envelope :is "from" "assistant@example.com"
  {
    if notify_method_capability "xmpp:me@example.com" "show" "away"
      {
        vacation :handle "away" :seconds 600
            "I'm away for now, but I'll be back soon.";
      }
    elsif notify_method_capability "xmpp:me@example.com" "show" "dnd"
      {
        vacation :handle "dnd" :seconds 1800
            "I'm not to be disturbed.  I'll check mail later.";
      }
    elsif notify_method_capability "xmpp:me@example.com" "show" "xa"
      {
        vacation :handle "ext-away" :seconds 3600
            "I'm away for a while, without access to email.";
      }
    elsif notify_method_capability "xmpp:me@example.com" "busy" "yes"
      {
        vacation :handle "busy" :seconds 1800
            "I'm very busy, but might check email now and then.";
      }
  }
elsif envelope :list "from" [":addrbook:family",
                             ":addrbook:friends"]
  {
    if notify_method_capability "xmpp:me@example.com" "show"
           ["away", "dnd", "xa"]
      {
        vacation :handle "away" :seconds 3600
            "I'm not available to respond to email.";
      }
  }
else
  { # We could respond as below, making it only once a day
    # for less important senders.  Better to just omit
    # that, though (see the end of the Introduction section).
    #
    # vacation :handle "catchall" :days 1
    #     "I got your message, and might read it eventually.";
  }
