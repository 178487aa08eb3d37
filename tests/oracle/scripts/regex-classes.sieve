# POSIX regular expressions: classes, counts, alternatives, what is taken when there is a choice.
require ["regex", "fileinto", "variables"];
set "r" "";
if header :regex "subject" "^[[:upper:]][[:lower:]]+" { set "r" "${r}a"; }
if header :regex :comparator "i;octet" "subject" "^[[:upper:]][[:lower:]]+" { set "r" "${r}b"; }
if header :regex "subject" "([[:digit:]]{1,2})[^[:alnum:]]" { set "r" "${r}c${1}"; }
if header :regex "subject" "[[:space:]]([[:punct:]])" { set "r" "${r}d${1}"; }
if header :regex "from" "(.*)@(.*)\\.([a-z]{2,3})" { set "r" "${r}e${3}"; }
if header :regex "subject" "(a|ab)(c|bcd)?" { set "r" "${r}f${1}${2}"; }
if header :regex "message-id" "^<.{10,}@.+>$" { set "r" "${r}g"; }
if header :regex "x-mailer" ["^mutt", "mozilla|outlook"] { set "r" "${r}h"; }
if header :regex "subject" "\\[.*\\]|\\(.*\\)" { set :length "n" "${0}"; set "r" "${r}i${n}"; }
if header :regex "from" "^[^\"]*\"?([^\"<]+)\"? *<" { set :length "n" "${1}"; set "r" "${r}j${n}"; }
if header :regex "subject" "x?$" { set :length "n" "${0}"; set "r" "${r}k${n}"; }
fileinto "classes ${r}";
