# everyday - a whole set of rules to begin with
#
#	spam                              Junk
#	mail to you+topic@example.net     Topics/topic
#	newsletters, notifications        Newsletters, Notifications
#	mailing lists                     Lists/NAME
#	everything else                   the inbox
#
# Copy this file to ~/.sieve and the ones that it names to ~/sieve/, then change what you like.
require "include";

include :personal "spam";
include :personal "plus";
include :personal "bulk";
include :personal "lists";
