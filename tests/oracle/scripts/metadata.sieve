# Annotations of folders and of the server.
require ["mboxmetadata", "servermetadata", "fileinto", "variables"];
set "r" "";
if metadataexists "INBOX" "/private/comment" { set "r" "${r}a"; }
if metadata :contains "INBOX" "/private/comment" "" { set "r" "${r}b"; }
if servermetadataexists "/private/vendor/x/y" { set "r" "${r}d"; }
if servermetadata :matches "/private/vendor/x/y" "*" { set "r" "${r}e"; }
fileinto "annotations-${r}";
