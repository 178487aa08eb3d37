require ["fileinto", "variables"];
if header :matches "subject" "*" { set "name" "${1}/../../x"; }
fileinto "${name}";
