require "body";
if body :raw :text :contains "x" { }
if body :content :contains "x" { }
if body :domain :contains "x" { }
