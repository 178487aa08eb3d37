require "vnd.dovecot.pipe";

pipe "missing";
