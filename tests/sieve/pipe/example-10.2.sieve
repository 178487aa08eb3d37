require [ "vnd.dovecot.pipe", "copy" ];

if address "to" "snailmail@example.com"
{
  pipe :copy "printer" ["A4", "draft"];
}
