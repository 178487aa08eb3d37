require "fileinto";
if true {
	fileinto "A";
} else {
	fileinto "B";
}
