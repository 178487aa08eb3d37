# What the interpreter says of itself.
require ["fileinto", "ihave", "variables", "environment"];
set "r" "";
if ihave "fileinto" { set "r" "${r}a"; }
if ihave ["fileinto", "no-such-extension"] { set "r" "${r}b"; }
if ihave "imap4flags" { addflag "\\Seen"; set "r" "${r}c"; }
if not ihave "no-such-extension" { set "r" "${r}d"; } else { nonesuch; }
if environment :is "phase" "during" { set "r" "${r}e"; }
if environment :is "location" ["MDA", "MS"] { set "r" "${r}f"; }
if environment :contains "no-such-item" "" { set "r" "${r}g"; }
fileinto "world-${r}";
