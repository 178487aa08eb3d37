# people - mail from people you know gets a folder each, and a flag when it is to you alone
#
# Put your friends' addresses, or whole domains, into the lists; the folder is People/NAME, where NAME is
# what stands before the @.  Mail with nobody else in To and Cc is flagged, as a reader would flag it.
#
# Copy it into your rules and change the addresses; including it as it is makes no sense.
require ["comparator-i;ascii-numeric", "fileinto", "imap4flags", "mailbox", "relational", "variables"];

if anyof (address :is "from" ["alice@example.org", "carol@example.com"],
          address :domain :is "from" "friends.example.org") {
	if allof (address :count "eq" :comparator "i;ascii-numeric" ["to", "cc"] "1",
	          address :is "to" "bob@example.net") {
		addflag "\\Flagged";
	}
	if address :localpart :matches "from" "*" {
		set :lower :upperfirst "name" "${1}";
		fileinto :create "People/${name}";
		stop;
	}
}
