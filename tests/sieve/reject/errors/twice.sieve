require ["reject", "ereject"];
ereject "No.";
reject "No, no.";
