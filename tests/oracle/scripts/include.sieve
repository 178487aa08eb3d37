# Other scripts, their variables and their end.
require ["fileinto", "include", "variables"];
global "found"; global "stopped";
include :personal "classify";
include :personal :once "classify";
include :personal :optional "absent";
if string :is "${stopped}" "yes" { keep; stop; }
fileinto "found-${found}";
