/* What the tests and actions of the core mean (RFC 5228, sections 2.10, 4 and 5; RFC 3894; RFC 5233). */
#include "sieve_helper.h"

#define KEPT "keep in the inbox [implicit keep]\n"
#define YES  "discard [line 1]\n"

/* ---- actions and the implicit keep ---- */

#define MESSAGE                  "From: ann@example.org\nSubject: hello\n\nbody\n"
#define WITH(extensions, script) "require [" extensions "]; " script
#define FILE_(script)            WITH("\"fileinto\", \"copy\"", script)
static const struct {
	const char *script, *plan;
} actions[] = {
	{ "", KEPT },
	{ "keep;", "keep in the inbox [line 1]\n" },
	{ "discard;", "discard [line 1]\n" },
	{ "redirect \"bob@example.net\";", "redirect to \"bob@example.net\" [line 1]\n" },
	{ FILE_("fileinto \"Lists/a\";"), "file into \"Lists/a\" [line 1]\n" },
	{ FILE_("fileinto \"gr\xc3\xbc\xc3\x9f\";"), "file into \"gr\xc3\xbc\xc3\x9f\" [line 1]\n" },
	/* a copy leaves the implicit keep */
	{ FILE_("fileinto :copy \"a\";"), "file into \"a\" [line 1]\n" KEPT },
	{ FILE_("redirect :copy \"bob@example.net\";"), "redirect to \"bob@example.net\" [line 1]\n" KEPT },
	{ FILE_("fileinto :copy \"a\"; discard;"), "file into \"a\" [line 1]\ndiscard [line 1]\n" },
	{ FILE_("fileinto :copy \"a\"; keep;"), "file into \"a\" [line 1]\nkeep in the inbox [line 1]\n" },
	/* discard cancels the implicit keep and nothing else */
	{ FILE_("discard; fileinto \"a\";"), "discard [line 1]\nfile into \"a\" [line 1]\n" },
	{ "discard; keep;", "discard [line 1]\nkeep in the inbox [line 1]\n" },
	{ "keep; discard;", "keep in the inbox [line 1]\ndiscard [line 1]\n" },
	{ "discard;\ndiscard;", "discard [line 1]\n" },
	/* the same folder twice is one copy; INBOX in any case is where keep goes */
	{ FILE_("fileinto \"a\"; fileinto \"b\"; fileinto \"a\";"),
	  "file into \"a\" [line 1]\nfile into \"b\" [line 1]\n" },
	{ FILE_("fileinto \"a\"; fileinto \"A\";"), "file into \"a\" [line 1]\nfile into \"A\" [line 1]\n" },
	{ "keep;\nkeep;", "keep in the inbox [line 1]\n" },
	{ FILE_("keep; fileinto \"inbox\";"), "keep in the inbox [line 1]\n" },
	{ FILE_("fileinto \"INBOX\"; keep;"), "keep in the inbox [line 1]\n" },
	{ FILE_("fileinto \"INBOX\"; fileinto \"Inbox\";"), "file into \"INBOX\" [line 1]\n" },
	/* one folder or two: where the mail lies that shows */
	{ FILE_("fileinto \"a/b\"; fileinto \"Inbox/a/b\";"),
	  "file into \"a/b\" [line 1]\nfile into \"Inbox/a/b\" [line 1]\n" },
	{ FILE_("fileinto :copy \"InBox\";"), "file into \"InBox\" [line 1]\n" },
	{ FILE_("fileinto :copy \"a\"; fileinto \"a\";"), "file into \"a\" [line 1]\n" },
	{ FILE_("fileinto \"a\"; fileinto :copy \"a\";"), "file into \"a\" [line 1]\n" },
	/* redirects: each address once, at most four */
	{ "redirect \"bob@example.net\"; redirect \"bob@EXAMPLE.net\";",
	  "redirect to \"bob@example.net\" [line 1]\n" },
	{ "redirect \"bob@example.net\"; redirect \"Bob@example.net\";",
	  "redirect to \"bob@example.net\" [line 1]\nredirect to \"Bob@example.net\" [line 1]\n" },
	{ "redirect \"a@x.org\"; redirect \"b@x.org\"; redirect \"c@x.org\"; redirect \"d@x.org\"; redirect "
	  "\"a@x.org\";",
	  "redirect to \"a@x.org\" [line 1]\nredirect to \"b@x.org\" [line 1]\nredirect to \"c@x.org\" [line "
	  "1]\n"
	  "redirect to \"d@x.org\" [line 1]\n" },
	{ "redirect \"a@x.org\"; redirect \"b@x.org\"; redirect \"c@x.org\"; redirect \"d@x.org\";\nredirect "
	  "\"e@x.org\";",
	  "the rules failed:\nmain:2:1: more than 4 redirects (limit: redirect_max)\n" KEPT },
	/* a run-time error drops what was decided */
	{ WITH("\"fileinto\", \"variables\"",
	       "fileinto \"a\"; set \"x\" \"..\";\n  fileinto \"${x}/b\"; discard;"),
	  "the rules failed:\nmain:2:12: '../b' cannot be the name of a folder\n" KEPT },
	{ WITH("\"variables\"", "set \"x\" \"a@x.org, b\"; redirect \"${x}@x.org\";"),
	  "the rules failed:\nmain:1:55: 'a@x.org, b@x.org' is not one address to send mail to\n" KEPT },
	{ WITH("\"variables\"", "set \"x\" text:\na\n.\n; redirect \"${x}@x.org\";"),
	  "the rules failed:\nmain:4:12: 'a??@x.org' is not one address to send mail to\n" KEPT },
	{ "discard; stop; keep;", "discard [line 1]\n" },
};

START_TEST(actions_make_this_plan)
{
	sieve_told(actions[_i].script, MESSAGE, actions[_i].plan);
}
END_TEST

START_TEST(the_number_of_actions_is_limited)
{
	AUTO_VALUE(Text) script = { 0 };
	AUTO_VALUE(Text) told = { 0 };
	SieveStory story = { .message = MESSAGE };

	text_append_string(&script, "require \"fileinto\";\n");
	for (int i = 0; i < 128; i++) {
		text_printf(&script, "fileinto \"f%d\";\n", i);
		text_printf(&told, "file into \"f%d\" [line %d]\n", i, i + 2);
	}
	story.source = text_slice(&script);
	sieve_story_is(&story, text_string(&told));
	text_append_string(&script, "fileinto \"one more\";\n");
	story.source = text_slice(&script);
	sieve_story_is(&story,
		       "the rules failed:\nmain:130:1: more than 128 actions (limit: actions)\n" KEPT);
}
END_TEST

START_TEST(the_site_sets_how_many_redirects_there_may_be)
{
	SieveStory story = { .script = "redirect \"a@x.org\"; redirect \"b@x.org\";",
			     .message = MESSAGE,
			     .setup = { .redirect_max = 1 } };

	sieve_story_is(&story,
		       "the rules failed:\nmain:1:21: more than 1 redirects (limit: redirect_max)\n" KEPT);
}
END_TEST

/* ---- tests: true when the plan is a discard ---- */

#define MAIL                                                                          \
	"Received: from a by b;\n Tue, 24 Nov 2026 08:11:22 +0000\n"                  \
	"Received: from c by d; Tue, 24 Nov 2026 08:11:20 +0000\n"                    \
	"From: \"Ann (not a comment)\" <Ann.Other@Example.ORG> (a comment)\n"         \
	"To: friends: bob@example.net, \"odd local\"@example.com;, carl@[10.0.0.1]\n" \
	"Cc: undisclosed-recipients:;\n"                                              \
	"Reply-To: nonsense, ok@example.org, @@\n"                                    \
	"Subject:   =?utf-8?q?gr=C3=BC?=\n\t=?utf-8?b?w58=?= and  more   \n"          \
	"X-Empty:\nX-Blank:   \t \n"                                                  \
	"X-Raw: caf\xc3\xa9\nX-Latin: caf\xe9\n"                                      \
	"X-Folded: one\r\n\ttwo\r\n  three\r\n"                                       \
	"\nbody\n"
static const struct {
	const char *test;
	bool result;
} tests[] = {
	{ "true", true },
	{ "false", false },
	{ "not false", true },
	{ "allof (true, true)", true },
	{ "allof (true, false)", false },
	{ "anyof (false, true)", true },
	{ "anyof (false, false)", false },
	/* exists */
	{ "exists \"from\"", true },
	{ "exists [\"from\", \"TO\"]", true },
	{ "exists [\"from\", \"x-none\"]", false },
	{ "exists \"x-empty\"", true },
	{ "exists \"from:\"", false },
	/* header */
	{ "header \"subject\" \"gr\xc3\xbc\xc3\x9f and  more\"", true },
	{ "header \"SUBJECT\" \"GR\xc3\xbc\xc3\x9f AND  MORE\"", true },
	{ "header \"subject\" \"GR\xc3\x9c\xc3\x9f and  more\"", false }, /* only A-Z fold */
	{ "header [\"x-none\", \"x-raw\"] [\"nothing\", \"caf\xc3\xa9\"]", true },
	{ "header \"x-latin\" \"caf\xc3\xa9\"", true },
	{ "header \"x-folded\" \"one\ttwo  three\"", true },
	{ "header \"x-empty\" \"\"", true },
	{ "header \"x-blank\" \"\"", true },
	{ "header \"x-none\" \"\"", false },
	{ "header \"from\" \"\"", false },
	{ "header :contains \"from\" \"\"", true },
	{ "header :contains \"x-none\" \"\"", false },
	{ "header :matches \"x-none\" \"*\"", false },
	{ "header :matches \"x-empty\" \"*\"", true },
	{ "header :contains \"received\" \"from C\"", true },
	{ "header :contains :comparator \"i;octet\" \"received\" \"from C\"", false },
	{ "header :contains :comparator \"i;octet\" \"received\" \"from c\"", true },
	{ "header :is :comparator \"i;octet\" \"x-raw\" \"Caf\xc3\xa9\"", false },
	{ "header :contains \"x-raw\" \"longer than the value\"", false },
	/* address */
	{ "address \"from\" \"ann.other@example.org\"", true },
	{ "address :all \"from\" \"Ann.Other@Example.ORG\"", true },
	{ "address :localpart \"from\" \"ann.other\"", true },
	{ "address :domain \"from\" \"example.org\"", true },
	{ "address :contains \"from\" \"comment\"", false }, /* neither phrase nor comment */
	{ "address \"to\" \"bob@example.net\"", true },
	{ "address :localpart \"to\" \"odd local\"", true },
	{ "address :domain \"to\" \"[10.0.0.1]\"", true },
	{ "address :contains \"to\" \"friends\"", false }, /* a group's name */
	{ "address [\"cc\", \"from\"] \"ann.other@example.org\"", true },
	{ "address :matches \"cc\" \"*\"", false },          /* an empty group has no address */
	{ "address \"reply-to\" \"ok@example.org\"", true }, /* beside broken ones */
	{ "address :domain \"reply-to\" \"example.org\"", true },
	{ "address \"reply-to\" \"nonsense\"", true }, /* one without a domain is itself, and has no parts */
	{ "address :localpart \"reply-to\" \"nonsense\"", false },
	{ "address :matches \"subject\" \"*\"", false }, /* holds no addresses */
	{ "address :is :comparator \"i;octet\" \"from\" \"ann.other@example.org\"", false },
	{ "size :over 10", true },
	{ "size :under 1G", true },
	{ "not size :under 10", true },
};

START_TEST(a_test_is_true_or_false)
{
	AUTO_VALUE(Text) script = { 0 };

	text_printf(&script, "if %s { discard; }", tests[_i].test);
	sieve_told(text_string(&script), MAIL, tests[_i].result ? YES : KEPT);
}
END_TEST

/* "A: b\n\nc\n" is 8 bytes and 11 with CR LF. */
static const struct {
	const char *script, *plan;
} sizes[] = {
	{ "if size :over 10 { discard; }", YES },
	{ "if size :over 11 { discard; }", KEPT },
	{ "if size :under 11 { discard; }", KEPT },
	{ "if size :under 12 { discard; }", YES },
};

START_TEST(a_message_of_exactly_the_size_is_neither_over_nor_under)
{
	sieve_told(sizes[_i].script, "A: b\n\nc\n", sizes[_i].plan);
	sieve_told(sizes[_i].script, "A: b\r\n\r\nc\r\n", sizes[_i].plan);
}
END_TEST

START_TEST(an_encoded_or_raw_nul_does_not_end_a_value)
{
	SieveStory story = { .script = "if header :matches \"subject\" \"a?b\" { discard; }",
			     .bytes = SLICE("Subject: a\0b\n\n") };

	sieve_story_is(&story, YES);
	story.bytes = SLICE("Subject: =?utf-8?q?a=00b?=\n\n");
	sieve_story_is(&story, YES);
}
END_TEST

START_TEST(a_list_of_sixty_keys_is_tried_to_the_last)
{
	AUTO_VALUE(Text) script = { 0 };

	text_append_string(&script, "if header \"subject\" [");
	for (int i = 0; i < 60; i++)
		text_printf(&script, "\"key-%d\", ", i);
	text_append_string(&script, "\"hello\"] { discard; }");
	sieve_told(text_string(&script), MESSAGE, YES);
}
END_TEST

/* ---- envelope ---- */

#define ENVELOPE                                                                                  \
	"require [\"envelope\", \"subaddress\", \"relational\", \"comparator-i;ascii-numeric\", " \
	"\"variables\"]; "
static const struct {
	const char *sender, *recipient, *test;
	bool result;
} envelopes[] = {
	{ "ann@example.org", "user@example.net", "envelope \"from\" \"ANN@example.org\"", true },
	{ "ann@example.org", "user@example.net", "envelope \"FROM\" \"user@example.net\"", false },
	{ "ann@example.org", "user@example.net", "envelope [\"from\", \"to\"] \"user@example.net\"", true },
	{ "ann@example.org", "user@example.net", "envelope :domain \"from\" \"example.org\"", true },
	{ "ann@example.org", "user@example.net", "envelope :localpart \"to\" \"user\"", true },
	/* the null sender is "" in every part */
	{ "", "user@example.net", "envelope \"from\" \"\"", true },
	{ "", "user@example.net", "envelope :domain \"from\" \"\"", true },
	{ "", "user@example.net", "envelope :localpart \"from\" \"\"", true },
	{ "", "user@example.net", "envelope :user \"from\" \"\"", true },
	{ "", "user@example.net", "envelope :detail \"from\" \"\"", true },
	{ "", "user@example.net", "envelope :matches \"from\" \"?*\"", false },
	{ "", "user@example.net", "envelope :count \"eq\" :comparator \"i;ascii-numeric\" \"from\" \"0\"",
	  true },
	{ "a@x.org", "user@example.net",
	  "envelope :count \"eq\" :comparator \"i;ascii-numeric\" [\"from\", \"to\"] \"2\"", true },
	/* the detail begins behind the first separator */
	{ "a@x.org", "user+lists@x.org", "envelope :detail \"to\" \"lists\"", true },
	{ "a@x.org", "user+lists@x.org", "envelope :user \"to\" \"user\"", true },
	{ "a@x.org", "user+a+b@x.org", "envelope :detail \"to\" \"a+b\"", true },
	{ "a@x.org", "user-a+b@x.org", "envelope :detail \"to\" \"a+b\"", true },
	{ "a@x.org", "user-a+b@x.org", "envelope :user \"to\" \"user\"", true },
	{ "a@x.org", "user+@x.org", "envelope :detail \"to\" \"\"", true },
	{ "a@x.org", "user+@x.org", "envelope :user \"to\" \"user\"", true },
	{ "a@x.org", "user@x.org", "envelope :detail \"to\" \"\"", false }, /* none is not an empty one */
	{ "a@x.org", "user@x.org", "envelope :detail :matches \"to\" \"*\"", false },
	{ "a@x.org", "user@x.org", "envelope :user \"to\" \"user\"", true },
	{ "a@x.org", "+x@x.org", "envelope :user \"to\" \"+x\"", true }, /* it does not begin with one */
	{ "a@x.org", "user", "envelope \"to\" \"user\"", true },         /* a bare account */
	{ "a@x.org", "user+b@x.org", "address :detail \"from\" \"other\"", false },
};

START_TEST(the_envelope_is_tested_by_its_parts)
{
	AUTO_VALUE(Text) script = { 0 };
	SieveStory story = { .message = MAIL,
			     .sender = envelopes[_i].sender,
			     .recipient = envelopes[_i].recipient,
			     .setup = { .recipient_delimiter = "+-" } };

	text_printf(&script, ENVELOPE "if %s { discard; }", envelopes[_i].test);
	story.script = text_string(&script);
	sieve_story_is(&story, envelopes[_i].result ? YES : KEPT);
}
END_TEST

START_TEST(a_part_that_a_variable_names_is_looked_up_when_it_is_known)
{
	sieve_told(ENVELOPE "set \"p\" \"fr\"; if envelope \"${p}om\" \"ann@example.org\" { discard; }", MAIL,
		   YES);
	sieve_told(ENVELOPE "set \"p\" \"xx\";\nif envelope \"${p}om\" \"ann@example.org\" { discard; }",
		   MAIL, "the rules failed:\nmain:2:13: unknown part of the envelope\n" KEPT);
}
END_TEST

/* ---- encoded-character ---- */

static const struct {
	const char *string, *value;
} encoded[] = {
	{ "${hex:40}", "@" },
	{ "${hex: 41 42 }", "AB" },
	{ "${HEX:41\t42}", "AB" },
	{ "$${hex:40}", "$@" },
	{ "${hex:24}{hex:40}", "${hex:40}" }, /* not looked at again */
	{ "${unicode:20AC}", "\xe2\x82\xac" },
	{ "${unicode:0040 00000041}", "@A" },
	{ "${hex:e2 82 ac}", "\xe2\x82\xac" },
	/* what is not of this form stays */
	{ "${hex:4}", "\x04" },
	{ "${hex:}", "${hex:}" },
	{ "${hex:400}", "${hex:400}" },
	{ "${hex:4${hex:30}}", "${hex:40}" },
	{ "${hex:40", "${hex:40" },
	{ "${hex:40", "${hex:40" },
	{ "${hex 40}", "${hex 40}" },
	{ "${hex: 41,42}", "${hex: 41,42}" },
	{ "${unicode:}", "${unicode:}" },
	{ "${unicode:Cool}", "${unicode:Cool}" },
	{ "$", "$" },
	{ "${", "${" },
};

START_TEST(encoded_characters_are_read_once)
{
	AUTO_VALUE(Text) script = { 0 };
	AUTO_VALUE(Text) told = { 0 };

	text_printf(&script, "require [\"encoded-character\", \"fileinto\"]; fileinto \"a%sb\";",
		    encoded[_i].string);
	if (encoded[_i].value[0] == '\x04')
		text_append_string(&told, "1:53: 'a?"
					  "b' cannot be the name of a folder\n");
	else
		text_printf(&told, "file into \"a%sb\" [line 1]\n", encoded[_i].value);
	sieve_told(text_string(&script), MESSAGE, text_string(&told));
}
END_TEST

static const struct {
	const char *string, *findings;
} not_characters[] = {
	{ "${unicode:D800}", "1:39: ${unicode:} has a number that is no character\n" },
	{ "${unicode:110000}", "1:39: ${unicode:} has a number that is no character\n" },
	{ "${unicode:FFFFFFFFFFFF}", "1:39: ${unicode:} has a number that is no character\n" },
	{ "${hex:ff}", "1:39: with its encoded characters this string is not UTF-8\n" },
};

START_TEST(a_number_that_is_no_character_is_an_error)
{
	AUTO_VALUE(Text) script = { 0 };

	text_printf(&script, "require \"encoded-character\"; if exists\"%s\" { }", not_characters[_i].string);
	sieve_told(text_string(&script), MESSAGE, not_characters[_i].findings);
}
END_TEST

START_TEST(without_require_encoded_characters_are_text)
{
	sieve_told("require \"fileinto\"; fileinto \"${hex:40}\";", MESSAGE,
		   "file into \"${hex:40}\" [line 1]\n");
}
END_TEST

/* ---- any message will do ---- */

static const char *const odd_messages[] = { "",   "\n",       "body only",     "A",       ":",
					    "\r", "\r\n\r\n", "From x\nTo: y", "\xff\xfe" };

START_TEST(every_message_can_be_judged)
{
	sieve_told("if anyof (header \"a\" \"b\", address \"from\" \"c\", exists \"d\", size :over 1M) { "
		   "discard; }",
		   odd_messages[_i], KEPT);
}
END_TEST

static void add(TCase *it)
{
	SIEVE_LOOP(it, actions_make_this_plan, actions);
	tcase_add_test(it, the_number_of_actions_is_limited);
	tcase_add_test(it, the_site_sets_how_many_redirects_there_may_be);
	SIEVE_LOOP(it, a_test_is_true_or_false, tests);
	SIEVE_LOOP(it, a_message_of_exactly_the_size_is_neither_over_nor_under, sizes);
	tcase_add_test(it, an_encoded_or_raw_nul_does_not_end_a_value);
	tcase_add_test(it, a_list_of_sixty_keys_is_tried_to_the_last);
	SIEVE_LOOP(it, the_envelope_is_tested_by_its_parts, envelopes);
	tcase_add_test(it, a_part_that_a_variable_names_is_looked_up_when_it_is_known);
	SIEVE_LOOP(it, encoded_characters_are_read_once, encoded);
	SIEVE_LOOP(it, a_number_that_is_no_character_is_an_error, not_characters);
	tcase_add_test(it, without_require_encoded_characters_are_text);
	SIEVE_LOOP(it, every_message_can_be_judged, odd_messages);
}

int main(void)
{
	return sieve_tests("sieve run", add);
}
