# Which fields are there.
require ["fileinto", "variables"];
set "r" "";
if exists "from" { set "r" "${r}a"; }
if exists "subject" { set "r" "${r}b"; }
if exists ["to", "cc"] { set "r" "${r}c"; }
if anyof (exists "list-id", exists "list-post") { set "r" "${r}d"; }
if exists "x-spam-status" { set "r" "${r}e"; }
if exists ["date", "message-id"] { set "r" "${r}f"; }
if not exists "mime-version" { set "r" "${r}g"; }
if exists "Content-TYPE" { set "r" "${r}h"; }
if exists "in-reply-to" { set "r" "${r}i"; }
if exists "dkim-signature" { set "r" "${r}j"; }
fileinto "exists-${r}";
