# envelope: ann@example.com list@example.com
# Answers to those who wrote to the first in To, and what is not answered.
require ["vacation", "vacation-seconds", "fileinto", "variables"];
if address :matches "to" "*" { set "me" "${1}"; }
if header :contains "subject" "re:" {
	vacation :days 3 :addresses ["list@example.com", "${me}"] :subject "away" "Away.";
} elsif header :matches "from" "*a*" {
	vacation :seconds 86400 :handle "a" :addresses "${me}" :from "me@example.com" :subject "away" text:
Away.
.
;
} elsif exists "x-mailer" {
	vacation :subject "away" :addresses "${me}" :mime text:
Content-Type: text/plain

Away.
.
;
}
fileinto "Answered";
