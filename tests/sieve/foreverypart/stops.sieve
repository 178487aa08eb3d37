require ["foreverypart", "include"];
foreverypart { include "halts"; }
discard;
