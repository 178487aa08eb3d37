# spec-bosch-sieve-extprograms, 10.3
require [ "vnd.dovecot.filter", "fileinto" ];

if header "content-language" "nl"
{
  filter "translator" ["nl", "en"];
  fileinto "Translated";
  stop;
}

if header "content-language" "nl"
{
  if filter "translator" ["nl", "en"]
  {
    fileinto "Translated";
    stop;
  }
}
