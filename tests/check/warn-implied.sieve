require ["body", "comparator-i;ascii-numeric"];
if header :contains "subject" "sale" {
	stop;
}
# what contains "wholesale", or is "Sale!", contains "sale"
if header :contains "subject" ["wholesale", "SALES"] {
	keep;
}
if allof (header :is ["subject"] "Sale!", size :over 1M) {
	keep;
}
# one of them may come here
if header :contains "subject" ["sale", "offer"] {
	keep;
}
if header :contains "subject" "sal" {
	keep;
}
if header :matches "subject" "*sale*" {
	keep;
}
if header :contains :comparator "i;octet" "subject" "sale" {
	keep;
}
if header :contains ["subject", "to"] "sales" {
	keep;
}
# letters in either case are the same, numbers are not texts
if address :is "from" "Ann@Example.org" {
	stop;
}
if address :is "from" "ann@example.org" {
	keep;
}
if header :is :comparator "i;ascii-numeric" "x-score" "1" {
	stop;
}
if header :is :comparator "i;ascii-numeric" "x-score" "11" {
	keep;
}
if body :contains "a" {
	stop;
}
if body :text :contains "ab" {
	keep;
}
