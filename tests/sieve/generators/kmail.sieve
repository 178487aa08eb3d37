require "fileinto";
require "envelope";
require "reject";
require "copy";
require "body";
require "imap4flags";
require "relational";
require "comparator-i;ascii-numeric";
require "mime";
require "foreverypart";
require "ihave";
require "mailbox";
require "date";
require "vacation";
require "environment";
require "variables";
#SCRIPTNAME: Mailing lists
#everything with a List-Id
#goes away from the inbox
if anyof (header :contains "List-Id" "kdepim.lists.example.org",
          header :contains "X-Mailing-List" [ "kde-devel@example.org", "kde-core@example.org" ]) {
    fileinto :create "lists/kde";
    stop;
}
#SCRIPTNAME: Programs
if header :mime :anychild :contenttype :is "Content-Type" "application/x-msdownload" {
    foreverypart {
        if header :mime :param "filename" :matches "Content-Disposition" [ "*.exe", "*.scr" ] {
            fileinto :create "programs";
            stop;
        }
    }
}
#SCRIPTNAME: Small or large
if allof (size :over 1K,
          size :under 3K,
          not exists "X-Keep") {
    addflag [ "$label1", "\\Seen" ];
    keep;
} elsif address :localpart :contains [ "From", "Sender" ] "robot" {
    fileinto :copy "robots";
    discard;
} elsif allof (ihave "environment", environment :contains "name" "no such engine") {
    reject text:
Not by this engine.
.
;
}
#SCRIPTNAME: Out of office
if header :contains "X-Spam-Flag" "YES" { keep; stop; }
if not address :domain :contains "from" "example.com" { keep; stop; }
if allof (currentdate :value "ge" "date" "2020-01-01",
          currentdate :value "le" "date" "2999-12-31") {
vacation :addresses [ "kim@example.net", "kim.other@example.net" ] :days 3 :subject "Out of office" text:
I am out of office till Monday.

..
.
;
}
