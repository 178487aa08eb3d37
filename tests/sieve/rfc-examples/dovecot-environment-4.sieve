require ["variables", "fileinto", "mailbox"];
require "vnd.dovecot.environment";

fileinto :create "User\${env.vnd.dovecot.username}";
