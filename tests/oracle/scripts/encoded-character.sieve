# Characters by their number.
require ["fileinto", "encoded-character", "variables"];
set "r" "";
if header :contains "subject" "${hex:52 65}:" { set "r" "${r}a"; }
if header :contains "subject" "${unicode:e9}" { set "r" "${r}b"; }
if header :contains "from" "${unicode:40}" { set "r" "${r}c"; }
if header :contains "from" "${hex:zz}" { set "r" "${r}d"; }
if header :contains "subject" "${unicode:00e4 006c}" { set "r" "${r}e"; }
fileinto "${unicode:c4}${hex: 20 2d }${r}";
