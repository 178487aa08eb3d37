require "ihave";
if ihave "copy" { fileinto :copy "a"; }
