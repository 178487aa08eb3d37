require "vnd.dovecot.debug";

if header :contains "subject" "hello" {
  debug_log "Subject header contains hello!";
}
