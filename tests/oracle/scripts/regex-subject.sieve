# Regular expressions on header fields, and what their groups took.
require ["fileinto", "regex", "variables"];
set "r" "";
if header :regex "subject" "^(re|aw|fwd?): *(.*)$" { set :length "n" "${2}"; set :lower "p" "${1}"; set "r" "${r}a${p}${n}"; }
if header :regex "subject" "\\[([^]]*)\\]" { set :length "n" "${1}"; set "r" "${r}b${n}"; }
if header :regex "subject" "[0-9]+/[0-9]+" { set "r" "${r}c"; }
if header :regex "received" "(by|from) +[[:alnum:].-]+" { set "r" "${r}d"; }
if header :regex :comparator "i;octet" "subject" "[A-Z]{3}" { set "r" "${r}e"; }
if header :regex "subject" "^$" { set "r" "${r}f"; }
if header :regex "message-id" "^<[^@>]+@([^>]+)>$" { set :length "n" "${1}"; set "r" "${r}g${n}"; }
if header :regex "from" "a|b|c" { set "r" "${r}h"; }
fileinto "regex ${r}";
