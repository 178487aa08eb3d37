require ["fileinto","vacation","date","relational","imap4flags","body","reject"];
if anyof (header :contains "subject" "build failed", header :contains ["to", "cc"] "ci@example.net") {
    fileinto "Bäume & log";
    setflag "\\Seen";
    stop;
}
if allof (header :matches "X-Loop" "*", size :over 2K) {
    discard;
}
if allof (address :domain :is "from" "example.com", not body :text :contains "agenda") {
    addflag "$Label2";
    keep;
}
if allof (currentdate :value "ge" "date" "2020-02-01", currentdate :value "le" "date" "2999-02-01") {
    vacation :days 7 :addresses ["olga@example.net", "olga@example.org"] text:
Back in March.
.
;
}
