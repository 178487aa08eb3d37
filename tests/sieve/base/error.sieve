require ["fileinto", "variables"];
fileinto "a";
discard;
set "up" "..";
fileinto "${up}/b";
