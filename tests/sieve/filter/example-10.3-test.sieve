require [ "vnd.dovecot.filter", "fileinto" ];

if header "content-language" "nl"
{
  if filter "translator" ["nl", "en"]
  {
    fileinto "Translated";
    stop;
  }
}
