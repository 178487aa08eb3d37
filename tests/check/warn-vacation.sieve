# options: -o user_email=
require "vacation";
vacation "away";
