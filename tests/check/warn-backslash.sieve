require "regex";
if anyof (header :regex "subject" ["^\[list\]", "a\\.b"],
          header :matches "subject" "*\?",
          header :contains "subject" "\d") {
	keep;
}
