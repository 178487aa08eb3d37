require "regex";
if not header :regex "subject" "(a+)+$" { discard; }
