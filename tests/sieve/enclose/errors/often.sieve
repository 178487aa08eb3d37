require ["enclose", "foreverypart", "include"];

foreverypart { enclose "text"; }
