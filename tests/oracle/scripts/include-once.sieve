# Scripts that are there once, or need not be there; variables for all of them.
require ["include", "variables", "fileinto"];
global "state";
set "state" "";
include :personal :once "letters";
include :personal :once "letters";
include :personal "letters";
include :personal :optional "no-such-script";
if header :contains "subject" "re:" { return; }
fileinto "included-${state}";
