# Upper and lower case.
require ["fileinto", "variables", "comparator-i;octet", "comparator-i;ascii-casemap"];
set "r" "";
if header :contains :comparator "i;octet" "subject" "Re: " { set "r" "${r}a"; }
if header :contains :comparator "i;ascii-casemap" "subject" "rE: " { set "r" "${r}b"; }
if header :matches :comparator "i;octet" "from" "*A*" { set "r" "${r}c"; }
if header :matches "from" "*A*" { set "r" "${r}d"; }
if header :is "mime-version" "1.0" { set "r" "${r}e"; }
if header :is :comparator "i;octet" "content-transfer-encoding" ["8bit", "7bit"] { set "r" "${r}f"; }
if header :is "content-transfer-encoding" ["8BIT", "7BIT"] { set "r" "${r}g"; }
if header :contains "subject" "Ä" { set "r" "${r}h"; }
if header :contains "subject" "ä" { set "r" "${r}i"; }
fileinto "case-${r}";
