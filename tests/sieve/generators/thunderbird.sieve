require ["fileinto","imapflags","copy","regex","notify","include","variables","reject","body","relational","comparator-i;ascii-numeric","mailbox"];

/*
 * Sorting for the three of us.  The editor leaves comments where
 * they are { even ones with ; and "quotes }
 */
if anyof( address :is :all [ "to" , "cc" ] [ "us@example.net" , "all-of-us@example.net" ] , header :contains "list-id" "us.lists" ) # us
{
	fileinto "Us" ; # a folder
	if   header   :contains   "subject"   "party"   {mark;fileinto "Us/Parties";unmark;}
}
elsif not allof ( true , exists [ "from" , "date" ] ) { discard ; stop ; }
else{
	# nothing of that
	setflag "Personal" ;
	if header :regex :comparator "i;ascii-casemap" "from" "^\"?(Ann|Ben)[^@]*@example\\.org" { set "who" "${1}"; fileinto :copy :create "People/${who}"; }
	if body :contains "ring me" { notify :method "mailto" :options ["phone@example.net"] :high :message "Ring $from$: $subject$"; }
	if header :count "gt" :comparator "i;ascii-numeric" "x-virus" "0" {
		reject text: # no thanks
Your message had a virus.
..hidden
.
		;
		stop;
	}
	keep;
}
