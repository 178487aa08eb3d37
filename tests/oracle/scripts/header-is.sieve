# Whole values.
require ["fileinto", "variables"];
set "r" "";
if header :is "subject" "" { set "r" "${r}a"; }
if header :is "mime-version" "1.0" { set "r" "${r}b"; }
if header "precedence" ["bulk", "list"] { set "r" "${r}c"; }
if header :is "content-type" "text/plain" { set "r" "${r}d"; }
if header :is ["subject", "comments"] ["test", "hello", "Test mail"] { set "r" "${r}e"; }
if header :is "x-mailer" "git-send-email" { set "r" "${r}f"; }
if not header :is "content-transfer-encoding" "7bit" { set "r" "${r}g"; }
fileinto "is-${r}";
