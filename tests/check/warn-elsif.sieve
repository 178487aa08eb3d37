require "fileinto";
if header :contains "subject" ["sale", "offer"] {
	fileinto "A";
} elsif header :contains "Subject" "offer" {
	fileinto "B";
} elsif allof (size :over 1K, header :contains "subject" "sale") {
	fileinto "C";
} elsif header :contains "subject" "offers" {
	fileinto "D";
}
