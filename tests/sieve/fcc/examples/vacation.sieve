require ["vacation", "fcc", "mailbox", "imap4flags"];
vacation :days 7
         :from "hemingway@example.com"
         :fcc "Sent" :create :flags ["\\Seen", "$Answered"]
         "Gone Fishin'";
