# Wildcards and what they took.
require ["fileinto", "variables"];
set "r" "";
if header :matches "subject" "re: *" { set :length "n" "${1}"; set "r" "${r}a${n}"; }
if header :matches "subject" "[*] *" { set :length "n" "${1}"; set :length "m" "${2}"; set "r" "${r}b${n}-${m}"; }
if header :matches "subject" "*?" { set :length "m" "${2}"; set "r" "${r}c${m}"; }
if string :is :comparator "i;octet" "${0}" "${1}${2}" { set "r" "${r}="; }
if header :matches "from" "*<*@*>*" { set :length "n" "${1}"; set :length "m" "${3}"; set "r" "${r}d${n}-${m}"; }
if header :matches "subject" "*\\?" { set "r" "${r}e"; }
if header :matches "subject" "*\\**" { set "r" "${r}f"; }
if header :matches "message-id" "<*@*>" { set :length "n" "${2}"; set "r" "${r}g${n}"; }
if header :matches "subject" "????" { set "r" "${r}h"; }
if header :matches ["list-id", "x-list"] "*<*.*>" { set "r" "${r}i"; }
fileinto "matches ${r}";
