# What the interpreter knows.
require ["fileinto", "ihave", "variables"];
set "r" "";
if ihave "fileinto" { set "r" "${r}a"; }
if ihave ["fileinto", "no-such-extension"] { set "r" "${r}b"; }
if ihave "imap4flags" { addflag "\\Seen"; set "r" "${r}c"; }
if not ihave "no-such-extension" { set "r" "${r}d"; } else { nonesuch; }
fileinto "world-${r}";
