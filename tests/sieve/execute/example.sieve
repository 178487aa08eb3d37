# spec-bosch-sieve-extprograms, 10.4; with a keep in the place of the answer
require [ "vnd.dovecot.execute", "variables", "envelope" ];

if envelope :localpart :matches "to" "*"
{
  set "recipient" "${1}";
}

if execute :output "vacation_message" "onvacation" "${recipient}"
{
  keep;
}
