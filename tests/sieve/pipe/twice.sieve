require "vnd.dovecot.pipe";

pipe "take";
pipe "take" "again";
