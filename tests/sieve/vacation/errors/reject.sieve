require ["vacation", "reject"];
vacation "I am away.";
reject "Go away.";
