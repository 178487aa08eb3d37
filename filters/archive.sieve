# archive - a copy of everything, by year and month: Archive/2026/01
#
# The copy goes by the Date field when there is a good one, else by today; the other rules then decide
# about the message as if nothing had happened.
#
# Use it first of all:  include :global "archive";  or copy it to the top of your rules.
require ["copy", "date", "fileinto", "mailbox", "variables"];

if date :matches "date" "date" "????-??-*" {
	set "month" "${1}${2}${3}${4}/${5}${6}";
} elsif currentdate :matches "date" "????-??-*" {
	set "month" "${1}${2}${3}${4}/${5}${6}";
}
fileinto :copy :create "Archive/${month}";
