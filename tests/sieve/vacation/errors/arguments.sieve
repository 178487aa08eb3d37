require "vacation";
vacation;
vacation :days "7" "text";
vacation :from "nobody" "text";
vacation :addresses ["a@example.org", "b"] "text";
vacation :days 3 :days 4 "text";
vacation :unknown "text";
vacation :seconds 30 "text";
