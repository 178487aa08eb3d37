require "environment";
if environment :contains "item" "" { discard; }
