# envelope: Alice.Example+x@Sender.EXAMPLE bob+lists@mail.example
# What the mail server said.
require ["fileinto", "envelope", "subaddress", "variables"];
set "r" "";
if envelope "from" "alice.example+x@sender.example" { set "r" "${r}a"; }
if envelope :domain "from" "sender.example" { set "r" "${r}b"; }
if envelope :localpart :matches "from" "*.*" { set "r" "${r}c${1}-${2}"; }
if envelope :detail "to" "lists" { set "r" "${r}d"; }
if envelope :user "to" "bob" { set "r" "${r}e"; }
if envelope :detail :comparator "i;octet" "from" "X" { set "r" "${r}f"; }
if envelope :all :comparator "i;octet" "from" "Alice.Example+x@Sender.EXAMPLE" { set "r" "${r}g"; }
if envelope ["from", "to"] "nobody@nowhere" { set "r" "${r}h"; }
if address :domain "from" "sender.example" { set "r" "${r}i"; }
fileinto "envelope-${r}";
