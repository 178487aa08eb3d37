# Tests on any of several recipients.
require ["fileinto", "variables"];
set "r" "";
if address :domain :is ["to", "cc"] ["example.com", "example.org", "example.net"] { set "r" "${r}a"; }
if address :domain :contains ["to", "cc"] "notmuch" { set "r" "${r}b"; }
if address :domain :matches ["to", "cc"] "*.org" { set "r" "${r}c"; }
if address :domain :matches ["to", "cc"] "*.*.*" { set "r" "${r}d"; }
if address :localpart :matches ["to", "cc"] "?????" { set "r" "${r}e"; }
if address :localpart :contains ["to", "cc", "bcc"] "list" { set "r" "${r}f"; }
if address :all :contains ["to", "cc"] "@vger" { set "r" "${r}g"; }
if address :is "reply-to" "" { set "r" "${r}h"; }
if address :contains "sender" "" { set "r" "${r}i"; }
if not address :contains ["to", "cc"] "@" { set "r" "${r}j"; }
fileinto "to-${r}";
