# global_sieve_before
require ["fileinto", "mailbox", "variables", "subaddress", "envelope", "duplicate", "date", "editheader", "relational",
  "comparator-i;ascii-numeric", "vacation", "vacation-seconds", "imap4flags"];

if header :contains "X-Spam-Flag" "YES" {
  fileinto :create "Junk";
  stop;
}

if allof (
  envelope :detail :matches "to" "*",
  header :contains "X-Moo-Tag" "YES"
) {
  set :lower :upperfirst "tag" "${1}";
  if mailboxexists "INBOX/${1}" {
    fileinto "INBOX/${1}";
  } else {
    fileinto :create "INBOX/${tag}";
  }
}

# times of delivery
if date :matches "received" "std11" "*" {
  addheader :last "X-Received-At" "${1}";
}
deleteheader "X-Moo-Trace";

if allof (not header :contains "X-Moo-Tag" "YES", header :value "ge" :comparator "i;ascii-numeric" "X-Last-TLS-Session-Version" "3") {
  addflag "$tls";
}

# user_sieve, of the ui's out-of-office form
if not duplicate :uniqueid "none-at-all" {
  if header :matches "Subject" "*" { set "subjwas" ": ${1}"; }
  vacation
    :seconds 300
    :subject "Out of office${subjwas}"
    :addresses ["moo@example.net", "cow@example.net"]
    "Moo.";
}
if allof (address :all "to" "all@example.net") {
  redirect "a@example.org";
  redirect "b@example.org";
  redirect "c@example.org";
  keep;
}
