require "fileinto"

fileinto "x"
if true {
	keep
}
