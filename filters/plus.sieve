# plus - mail to you+topic@example.net goes into the folder Topics/topic
#
# Give every shop an address of its own, and see who sold it.  The part behind the plus sign comes
# from the envelope (RFC 5233), as the mail server knows it, so that nobody can forge it in a header;
# only words of letters, digits, "-" and "_" make folders.
#
# Use it:  include :global "plus";  or copy it into your rules.
require ["envelope", "fileinto", "mailbox", "regex", "subaddress", "variables"];

if envelope :detail :regex "to" "^[a-z0-9_-]+$" {
	set :lower "topic" "${0}";
	fileinto :create "Topics/${topic}";
	stop;
}
