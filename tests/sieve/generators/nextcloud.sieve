### Nextcloud Mail: Filters ### DON'T EDIT ###
require ["fileinto", "imap4flags", "mailbox"];
### Nextcloud Mail: Filters ### DON'T EDIT ###
### Nextcloud Mail: Vacation Responder ### DON'T EDIT ###
require "date";
require "relational";
require "variables";
require "vacation";
### Nextcloud Mail: Vacation Responder ### DON'T EDIT ###

# Hand-written, above what the app adds
if header :is "Precedence" "bulk" {
	fileinto :create "Bulk";
	stop;
}

### Nextcloud Mail: Filters ### DON'T EDIT ###
# FILTER: [{"name":"Tickets","enable":true,"operator":"allof","tests":[{"operator":"contains","values":["[Ticket"],"field":"subject"}],"priority":10}]
# Filter: Tickets
if allof (header :contains "Subject" ["[Ticket"], address :all :is ["From"] ["desk@example.com", "desk@example.org"]) {
fileinto :create "Work/Tickets";
addflag ["$important", "$label_tickets"];
stop;
}
# Filter: Größe
if anyof (header :matches "Subject" ["Gr\"ö\"*", "Größe ?"], header :is "To" ["größe@example.net"]) {
addflag "\\Flagged";
keep;
stop;
}
### Nextcloud Mail: Filters ### DON'T EDIT ###
### Nextcloud Mail: Vacation Responder ### DON'T EDIT ###
# DATA: {"version":1,"enabled":true,"start":"2020-01-01T00:00:00+00:00","end":"2999-01-01T00:00:00+00:00","subject":"Away: ${subject}","message":"I'm away"}
if allof(currentdate :value "ge" "iso8601" "2020-01-01T00:00:00Z", currentdate :value "le" "iso8601" "2999-01-01T00:00:00Z") {
	set "subject" "";
	if header :matches "subject" "*" {
		set "subject" "${1}";
	}
	vacation :days 4 :subject "Away: ${subject}" :addresses ["Nora Quist <nora@example.net>", "N. Quist <n.quist@example.net>"] "I'm away.

Nora \\ 27";
}
### Nextcloud Mail: Vacation Responder ### DON'T EDIT ###
