require ["replace", "foreverypart"];

replace :mime :subject "x" "Content-Type: text/plain

x";
replace :mime :from "a@example.org" "Content-Type: text/plain

x";
replace :from "no address" "x";
replace :from "" "x";
replace :from "group: a@example.org;" "x";
replace :mime "no header at all";
replace :from "a@example.org, \"b: c\" <d@[IPv6:::1]>" "x";
replace :mime "
no header, but an empty line";
replace;
