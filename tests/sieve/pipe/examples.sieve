# spec-bosch-sieve-extprograms, 10.1 and 10.2
require [ "vnd.dovecot.pipe", "copy", "subaddress", "envelope" ];

if envelope :detail "to" "request"
{
  pipe "request-handler";
}

if address "to" "snailmail@example.com"
{
  pipe :copy "printer" ["A4", "draft"];
}
