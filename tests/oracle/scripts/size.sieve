# How large messages are.
require ["fileinto", "variables"];
set "s" "tiny";
if size :over 250 { set "s" "quarter"; }
if size :over 1K { set "s" "1K"; }
if size :over 2K { set "s" "2K"; }
if size :over 4K { set "s" "4K"; }
if size :over 16K { set "s" "16K"; }
if size :over 1M { set "s" "1M"; }
set :length "n" "${s}";
fileinto "size-${n}-${s}x";
