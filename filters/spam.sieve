# spam - what a spam filter has marked goes into the folder Junk
#
# Understands the marks of SpamAssassin, Rspamd and amavis (X-Spam-Flag, X-Spam-Status, X-Spam) and
# Bogofilter (X-Bogosity).  They are only as good as their origin: let your mail server remove
# such lines from mail that comes in before its own filter adds them.
#
# Use it first of all:  include :global "spam";  or copy it to the top of your rules.
require ["fileinto", "mailbox"];

if anyof (header :is ["X-Spam-Flag", "X-Spam"] "yes",
          header :matches "X-Spam-Status" ["yes", "yes,*"],
          header :matches "X-Bogosity" ["spam", "spam,*"]) {
	fileinto :create "Junk";
	stop;
}
