# Notifications by mail, and questions about them.
require ["enotify", "fileinto", "variables"];
set "r" "";
if valid_notify_method ["mailto:a@example.org", "mailto:b@example.org?subject=x&body=y"] { set "r" "${r}a"; }
if valid_notify_method "no-such:thing" { set "r" "${r}b"; }
if valid_notify_method "mailto:" { set "r" "${r}c"; }
if notify_method_capability "mailto:a@example.org" "online" ["yes", "maybe"] { set "r" "${r}d"; }
if notify_method_capability :is "mailto:a@example.org" "fcc" "no" { set "r" "${r}e"; }
if header :matches "subject" "*" { set :encodeurl "s" "${1}"; }
if header :contains "from" "a" { notify :message "from a" "mailto:a@example.org"; set "r" "${r}f"; }
if exists "x-mailer" { notify :importance "1" :from "me@example.com" :message "a mailer" "mailto:b@example.org?importance=high"; }
set :length "n" "${s}";
fileinto "notify-${r}-${n}";
