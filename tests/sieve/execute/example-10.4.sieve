require [ "vnd.dovecot.execute", "vacation", "variables",
          "envelope" ];

if envelope :localpart :matches "to" "*"
{
  set "recipient" "${1}";
}

if execute :output "vacation_message" "onvacation" "${recipient}"
{
  vacation "${vacation_message}";
}
