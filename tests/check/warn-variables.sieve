require ["variables", "fileinto"];
set "lsit" "x";
fileinto "Lists/${list}";
