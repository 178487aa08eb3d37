# Tests of tests.
require ["fileinto", "variables"];
set "r" "";
if allof (header :contains "subject" "re", not header :contains "from" "x") { set "r" "${r}a"; }
if anyof (false, size :under 2K, header :contains "to" "z") { set "r" "${r}b"; }
if not allof (true, not anyof (exists "cc", exists "bcc")) { set "r" "${r}c"; }
if size :over 1K { set "r" "${r}d"; } elsif size :over 500 { set "r" "${r}e"; } else { set "r" "${r}f"; }
if not not true { set "r" "${r}g"; }
if size :under 4096 { set "r" "${r}h"; }
fileinto "logic-${r}";
