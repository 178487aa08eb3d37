# options: --mail MAIL
require ["fileinto", "regex"];
# switched off while the list is on holiday
if false {
	fileinto "Later";
	if header :regex "subjct" "\d+" {
		fileinto "Entw&APw-rfe";
	}
}
if anyof (false, header "subject" "x") {
	fileinto "Later";
}
