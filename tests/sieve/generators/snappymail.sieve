# This is SnappyMail sieve script.
# Please don't change anything here.
# RAINLOOP:SIEVE

require ["body", "fileinto", "imap4flags", "reject", "vacation"];

/*
BEGIN:FILTER:mgx1
BEGIN:HEADER
eyJJRCI6Im1neDEiLCJFbmFibGVkIjp0cnVlLCJOYW1lIjoiU2hvcHMiLCJDb25kaXRpb25zIjpbXX0=
END:HEADER
*/
if anyof(header :contains ["From"] "@shop.example.com", header :contains ["To", "CC"] "orders@example.net")
{
    addflag "\\Seen";
    fileinto "INBOX/Shops";
    stop;
}
else
{
    # @Or
}
/* END:FILTER */

/*
BEGIN:FILTER:mgx2
BEGIN:HEADER
eyJJRCI6Im1neDIiLCJFbmFibGVkIjpmYWxzZSwiTmFtZSI6Ik9mZiJ9
END:HEADER
*/
# @Enabled:false
/*
if header :is ["Subject"] "hello"
{
    discard;
    stop;
}
*/
/* END:FILTER */

/*
BEGIN:FILTER:mgx3
BEGIN:HEADER
eyJJRCI6Im1neDMifQ==
END:HEADER
*/
if allof(not header :contains ["Subject"] "urgent", body :text :contains "casino")
{
    discard;
    stop;
}
/* END:FILTER */

/*
BEGIN:FILTER:mgx4
BEGIN:HEADER
eyJJRCI6Im1neDQifQ==
END:HEADER
*/
if allof(size :over 4K, body :raw :contains "application/zip")
{
    reject "No archives, please \\o/";
    stop;
}
/* END:FILTER */

/*
BEGIN:FILTER:mgx5
BEGIN:HEADER
eyJJRCI6Im1neDUifQ==
END:HEADER
*/
if header :contains ["Subject"] ["question", "Frage: \"wann?\""]
{
    vacation :days 1 :addresses ["sam@example.net"] :subject "Thank you" "I shall answer soon.";
    redirect "helper@example.net";
    keep;
}
/* END:FILTER */
