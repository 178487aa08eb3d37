# Encoded characters, and what is none.
require ["encoded-character", "fileinto", "variables"];
set "a" "${hex:48 65 6c6c}"; set "b" "${unicode:E9 2603}"; set "c" "${hex: 24 }{unicode:41}"; set "d" "${hex:zz} ${unicode:}";
set "r" "";
if header :contains "subject" "${unicode:0000E9}" { set "r" "${r}a"; }
if header :contains "from" "${hex:40}" { set "r" "${r}b"; }
set :length "n" "${a}${b}${c}${d}";
if string "${a}" "Hel" { set "r" "${r}c"; }
if header :contains "subject" "${HEX:72 65 3A}" { set "r" "${r}d"; }
fileinto "${unicode:41}-${n}-${r}";
