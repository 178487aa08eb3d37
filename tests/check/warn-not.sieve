require "fileinto";
if not exists "list-id" {
	stop;
}
if exists "list-id" {
	fileinto "Lists";
} else {
	keep;
}
