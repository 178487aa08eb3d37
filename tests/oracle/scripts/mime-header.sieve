# The header fields of parts, and the pieces of theirs.
require ["mime", "fileinto", "variables"];
set "r" "";
if header :mime :type :is "Content-Type" "multipart" { set "r" "${r}a"; }
if header :mime :subtype :is "Content-Type" ["plain", "html"] { set "r" "${r}b"; }
if header :mime :contenttype :contains "Content-Type" "text/" { set "r" "${r}c"; }
if header :mime :param "charset" :is "Content-Type" ["utf-8", "us-ascii"] { set "r" "${r}d"; }
if header :mime :anychild :contenttype :is "Content-Type" "text/html" { set "r" "${r}e"; }
if header :mime :anychild :param "filename" :matches "Content-Disposition" "*.*" { set "r" "${r}f${2}"; }
if header :mime :anychild :param "name" :contains "Content-Type" "." { set "r" "${r}g"; }
if exists :mime :anychild "Content-Disposition" { set "r" "${r}h"; }
if exists :mime "Content-Transfer-Encoding" { set "r" "${r}i"; }
if header :mime :anychild :is "Content-Transfer-Encoding" "base64" { set "r" "${r}j"; }
if address :mime :anychild :domain :contains "from" "." { set "r" "${r}k"; }
fileinto "mime-${r}";
