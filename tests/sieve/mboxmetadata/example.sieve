# RFC 5490, 3.3; with a keep in the place of the answer
require "mboxmetadata";

if metadata :is "INBOX"
   "/private/vendor/vendor.isode/auto-replies" "on" {
	keep;
}
