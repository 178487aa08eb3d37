require ["mime", "fileinto"];

if address :mime :is :all "content-from" "tim@example.com"
{
   fileinto "INBOX.part-from-tim";
}
