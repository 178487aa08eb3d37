require "fileinto";
if header :regex "subject" "^a" { fileinto :copy "A"; addflag "\\Seen"; }
