# What "*" and "?" took: the last test that was true counts, and each "*" takes as little as it can.
require ["variables", "fileinto"];
set "r" "";
if header :matches "subject" "*: *" { set :length "a" "${1}"; set :length "b" "${2}"; set "r" "${a}.${b}"; }
if header :matches "from" ["*<*@*>", "*@*"] { set :length "a" "${1}"; set :length "b" "${2}"; set :length "c" "${3}"; set "r" "${r} ${a}.${b}.${c}"; }
if header :matches "message-id" "<????*@*" { set "r" "${r} ${1}${2}${3}${4}${7}"; }
if anyof (header :matches "to" "x*x", address :matches "to" "*@*.*") { set :length "a" "${1}"; set :length "b" "${3}"; set "r" "${r} ${a}-${b}"; }
if string :matches "a b" "* *" { if header :matches "nothing" "*" { stop; } set "r" "${r} ${1}${2}"; }
fileinto "numbered ${r}";
