frop "x";
frop "unknown words are told of once";
keep :frop;
if true;
stop "x";
redirect 5;
