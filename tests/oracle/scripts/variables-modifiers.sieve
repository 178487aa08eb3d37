# Modifiers by their precedence, names of variables, and what is none.
require ["variables", "fileinto", "enotify"];
set "s" "";
if header :matches "subject" "* *" { set "s" "${2}"; }
set :lowerfirst :upper "a" "${s}";
set :quotewildcard :lower "b" "*${s}?\\";
set :length :quotewildcard "c" "${s}*";
set :encodeurl :upperfirst "d" "${s}/ü";
set :length "d" "${d}";
set :upper :lowerfirst :quotewildcard "e" "${s}(a|b).*";
set :length "e" "${e}";
set :length "a" "${A}";
set :length "b" "${b}";
set "n" "${s";
set :length "n" "${n}${not a name}${nothing}${1}$ {s}";
fileinto "modified ${a} ${b} ${c} ${d} ${e} ${n}";
