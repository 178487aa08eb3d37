require ["mime", "fileinto"];

if header :mime :type "Content-Type" "image"
{
   fileinto "INBOX.images";
}
