require ["foreverypart", "variables", "extracttext"];

extracttext "x";
foreverypart { extracttext :first "5" "x"; }
foreverypart { extracttext :lower :upper "x"; }
foreverypart { extracttext "1"; }
foreverypart { extracttext "no name"; }
foreverypart { extracttext "${x}"; }
foreverypart { if true { extracttext :first 5 "x"; } }
extracttext "x";
