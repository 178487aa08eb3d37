require ["vnd.dovecot.filter", "fileinto"];

fileinto "Elsewhere";
filter "missing";
