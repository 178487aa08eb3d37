# Folders by what they are for.
require ["special-use", "mailbox", "fileinto", "variables"];
set "r" "";
if specialuse_exists "\\Junk" { set "r" "${r}a"; }
if specialuse_exists "\\Archive" { set "r" "${r}b"; }
if specialuse_exists "Junk" "\\Junk" { set "r" "${r}c"; }
if specialuse_exists "INBOX" "\\Junk" { set "r" "${r}d"; }
if specialuse_exists ["\\Junk", "\\Sent"] { set "r" "${r}e"; }
if specialuse_exists ["\\JUNK"] { set "r" "${r}f"; }
if mailboxexists ["Junk", "Sent"] { set "r" "${r}g"; }
fileinto "use-${r}";
