require "fileinto";
redirect "me@elsewhere.example";
if header :contains "list-id" "x" {
	fileinto "X";
}
