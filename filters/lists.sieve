# lists - every mailing list gets a folder of its own: Lists/NAME
#
# NAME is the first label of the identifier in List-Id (RFC 2919), such as "sieve-users" of
#	List-Id: People who sort their mail <sieve-users.lists.example.org>
# A folder is made when its first mail comes.  Newsletters often have a List-Id too, made of numbers;
# put "bulk" before this one to keep them apart.
#
# Use it:  include :global "lists";  or copy it into your rules.
require ["fileinto", "mailbox", "regex", "variables"];

if header :regex "List-Id" "<([a-z0-9_+-]+)\\.[^<>]*>[[:space:]]*$" {
	set :lower "list" "${1}";
	fileinto :create "Lists/${list}";
	stop;
}
