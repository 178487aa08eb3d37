require "vnd.dovecot.testsuite";
if header "subject" "bad" {
	test_fail "a bad subject";
}
