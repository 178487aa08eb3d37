# bulk - what programs send goes into Newsletters and Notifications
#
# Newsletters can be unsubscribed from (List-Unsubscribe, RFC 2369) but cannot be written to, which is
# what tells them from mailing lists.  Notifications say that a program sent them (Auto-Submitted,
# RFC 3834).  Bounces say so too; they are kept, since they tell you that your own mail did not arrive.
#
# Use it:  include :global "bulk";  or copy it into your rules, before "lists".
require ["envelope", "fileinto", "mailbox"];

if envelope :is "from" "" {
	keep;
	stop;
}
if allof (exists "List-Unsubscribe", not exists "List-Post") {
	fileinto :create "Newsletters";
	stop;
}
if allof (exists "Auto-Submitted", not header :matches "Auto-Submitted" ["no", "no;*", "no *"],
          not exists "List-Id") {
	fileinto :create "Notifications";
	stop;
}
