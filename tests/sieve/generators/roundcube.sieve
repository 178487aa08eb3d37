require ["body","copy","date","duplicate","editheader","enotify","envelope","ereject","fileinto","imap4flags","index","regex","relational","spamtest","subaddress","vacation","vacation-seconds","variables","comparator-i;ascii-numeric"];
# rule:[Seen twice]
if duplicate :header "message-id" :seconds 3600
{
	discard;
	stop;
}
# rule:[Spam by score]
if anyof (header :is "x-spam-flag" "YES", header :contains "subject" ["*****SPAM*****","[SPAM]"], spamtest :comparator "i;ascii-numeric" :value "ge" "8")
{
	addflag "\\Seen";
	fileinto "Junk";
	stop;
}
# rule:[Away over the year's end]
if allof (currentdate :value "ge" "date" "2019-12-23", currentdate :value "le" "date" "2020-01-06")
{
	vacation :days 7 :addresses ["anna@example.net","a.larsen@example.net"] :subject "Closed until January" text:
We are closed.
.
;
}
# rule:[Away, with no end in sight]
if currentdate :value "ge" "iso8601" "2020-01-01T00:00:00+01:00"
{
	vacation :seconds 86400 :addresses "anna@example.net" :from "Anna Larsen <anna@example.net>" :subject "I am at sea: \"no\" net" text:
Dear sender,

..and so on: the ship has no net.

Anna
.
;
}
# rule:[Invoices (old)]
if false # allof (header :contains "subject" "invoice", not header :contains "from" "example.com")
{
	fileinto "Never";
	stop;
}
# rule:[Invoices]
if allof (header :regex "subject" "(invoice|rechnung) *#?[0-9]{3,}", not header :contains "from" "@competitor.example.com")
{
	fileinto :copy "Books/Invoices";
	addflag "\\Flagged";
}
# rule:[Team, to the address part]
if anyof (envelope :detail :is "to" "team", address :domain :is ["to","cc"] "team.example.net", address :localpart :matches "from" "team-*")
{
	fileinto "Team";
	stop;
}
# rule:[Large ones]
if size :over 20K
{
	setflag ["Large","\\Seen"];
	keep;
	stop;
}
# rule:[Words of the body]
if body :text :contains ["unsubscribe here","click to unsubscribe"]
{
	fileinto "Newsletters";
	stop;
}
# rule:[Old hands are refused]
if address :all :is "from" "pest@example.com"
{
	ereject "Please write to nobody any more.";
	stop;
}
# rule:[Weekend]
if date :value "ge" :comparator "i;ascii-numeric" :originalzone "date" "weekday" "6"
{
	set :upper "day" "weekend";
	set :length "length" "${day}";
	addheader "X-Day" "${day}/${length}";
}
# rule:[Three hops]
if header :count "ge" :comparator "i;ascii-numeric" "received" "3"
{
	notify :importance "1" :message "A far traveller" "mailto:phone@example.net";
}
# rule:[To the office too]
if true
{
	redirect :copy "office@example.net";
}
