require ["envelope", "extlists", "vacation-seconds"];

if not envelope :list "from" ":addrbook:staff"
  {
    vacation :handle "auto-resp" :seconds 0
        "Your request has been received.  A service
        representative will contact you as soon as
        possible, usually within one business day.";
  }
