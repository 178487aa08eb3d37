require [ "vnd.dovecot.pipe", "subaddress", "envelope" ];

if envelope :detail "to" "request"
{
  pipe "request-handler";
}
