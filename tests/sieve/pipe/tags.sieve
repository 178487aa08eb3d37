require ["vnd.dovecot.pipe", "fileinto"];

pipe :copy "take";
fileinto :try "x";
