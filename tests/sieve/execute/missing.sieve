require "vnd.dovecot.execute";

execute "missing";
