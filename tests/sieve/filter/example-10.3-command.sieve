require [ "vnd.dovecot.filter", "fileinto" ];

if header "content-language" "nl"
{
  filter "translator" ["nl", "en"];
  fileinto "Translated";
  stop;
}
