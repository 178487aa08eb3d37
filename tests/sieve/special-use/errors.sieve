require ["special-use", "fileinto"];

if specialuse_exists "Junk" { stop; }
fileinto :specialuse "Junk" "Spam";
keep :specialuse "\\Junk";
