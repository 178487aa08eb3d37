require "variables";
if string "${x}" "" { discard; }
