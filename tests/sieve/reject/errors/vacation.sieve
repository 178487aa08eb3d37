require ["reject", "vacation"];
reject "No.";
vacation "I am away.";
