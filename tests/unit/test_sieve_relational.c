/* ":value" and ":count" (RFC 5231). */
#include "sieve_helper.h"

#define KEPT "keep in the inbox [implicit keep]\n"
#define MAIL                                                                                           \
	"Received: a\nReceived: b\nSubject: example\nX-Priority: 3 (normal)\n"                         \
	"X-Empty:\nFrom: Zoe <zoe@example.org>\n"                                                      \
	"To: foo@example.com, baz@example.com\nCc: group: qux@example.com, x@example.com;\nReply-To: " \
	"nobody:;\n\nbody\n"
#define NUMERIC ":comparator \"i;ascii-numeric\" "

/* ---- true when the plan is a discard ---- */
static const struct {
	const char *test;
	bool result;
} tests[] = {
	/* the RFC's own examples, section 6 */
	{ "address :count \"ge\" " NUMERIC "[\"to\", \"cc\"] [\"3\"]", true },
	{ "anyof (address :count \"ge\" " NUMERIC "[\"to\"] [\"3\"], address :count \"ge\" " NUMERIC
	  "[\"cc\"] [\"3\"])",
	  false },
	{ "header :count \"ge\" " NUMERIC "[\"received\"] [\"3\"]", false },
	{ "header :count \"ge\" " NUMERIC "[\"received\", \"subject\"] [\"3\"]", true },
	{ "header :count \"ge\" " NUMERIC "[\"to\", \"cc\"] [\"3\"]", false },
	/* what is counted */
	{ "header :count \"eq\" " NUMERIC "\"received\" \"2\"", true },
	{ "header :count \"eq\" " NUMERIC "\"x-none\" \"0\"", true },
	{ "header :count \"eq\" " NUMERIC "\"x-empty\" \"1\"", true },
	{ "header :count \"eq\" " NUMERIC "\"to\" \"1\"", true }, /* fields, not addresses */
	{ "address :count \"eq\" " NUMERIC "\"to\" \"2\"", true },
	{ "address :count \"eq\" " NUMERIC "\"cc\" \"2\"", true },       /* a group's members */
	{ "address :count \"eq\" " NUMERIC "\"reply-to\" \"0\"", true }, /* an empty one has none */
	{ "address :count \"eq\" " NUMERIC "\"subject\" \"0\"", true },
	{ "string :count \"eq\" " NUMERIC "[\"\", \"a\", \" \", \"\"] \"2\"", true }, /* RFC 5229, 5 */
	{ "string :count \"eq\" " NUMERIC "\"\" \"0\"", true },
	{ "header :count \"ne\" " NUMERIC "\"received\" [\"2\", \"3\"]", true }, /* any key will do */
	/* each relation on each side of equal */
	{ "string :value \"gt\" " NUMERIC "\"2\" \"1\"", true },
	{ "string :value \"gt\" " NUMERIC "\"2\" \"2\"", false },
	{ "string :value \"gt\" " NUMERIC "\"2\" \"3\"", false },
	{ "string :value \"ge\" " NUMERIC "\"2\" \"1\"", true },
	{ "string :value \"ge\" " NUMERIC "\"2\" \"2\"", true },
	{ "string :value \"ge\" " NUMERIC "\"2\" \"3\"", false },
	{ "string :value \"lt\" " NUMERIC "\"2\" \"1\"", false },
	{ "string :value \"lt\" " NUMERIC "\"2\" \"2\"", false },
	{ "string :value \"lt\" " NUMERIC "\"2\" \"3\"", true },
	{ "string :value \"le\" " NUMERIC "\"2\" \"1\"", false },
	{ "string :value \"le\" " NUMERIC "\"2\" \"2\"", true },
	{ "string :value \"le\" " NUMERIC "\"2\" \"3\"", true },
	{ "string :value \"eq\" " NUMERIC "\"2\" \"2\"", true },
	{ "string :value \"eq\" " NUMERIC "\"2\" \"3\"", false },
	{ "string :value \"ne\" " NUMERIC "\"2\" \"2\"", false },
	{ "string :value \"ne\" " NUMERIC "\"2\" \"3\"", true },
	{ "string :value \"GT\" " NUMERIC "\"2\" \"1\"", true },
	/* by other orders */
	{ "string :value \"gt\" " NUMERIC "\"10\" \"9\"", true },
	{ "string :value \"gt\" \"10\" \"9\"", false },
	{ "string :value \"lt\" \"a\" \"B\"", true },
	{ "string :value \"lt\" :comparator \"i;octet\" \"a\" \"B\"", false },
	{ "string :value \"lt\" \"ab\" \"abc\"", true },
	{ "string :value \"gt\" \"_\" \"a\"", true }, /* i;ascii-casemap folds up: Z is before _ */
	{ "string :value \"gt\" :comparator \"i;octet\" \"\xc3\xa4\" \"z\"", true },
	{ "header :value \"lt\" " NUMERIC "\"x-priority\" \"4\"", true },
	{ "header :value \"lt\" " NUMERIC "\"x-priority\" \"3\"", false },
	{ "header :value \"ne\" " NUMERIC "\"x-none\" \"3\"", false }, /* nothing is no value */
	{ "address :value \"gt\" :all \"from\" \"M\"", true },
	{ "address :value \"gt\" :domain \"from\" \"M\"", false },
};

START_TEST(a_relation_is_true_or_false)
{
	AUTO_VALUE(Text) script = { 0 };

	text_printf(&script,
		    "require [\"relational\", \"comparator-i;ascii-numeric\", \"variables\"];\nif %s { "
		    "discard; }",
		    tests[_i].test);
	sieve_told(text_string(&script), MAIL, tests[_i].result ? "discard [line 2]\n" : KEPT);
}
END_TEST

#define R "require [\"relational\", \"variables\"];\n"
static const struct {
	const char *script, *findings;
} bad[] = {
	{ R "if header :count \"xx\" \"a\" \"1\" { }",
	  "2:18: ':count' wants \"gt\", \"ge\", \"lt\", \"le\", \"eq\" or \"ne\"\n" },
	{ R "if header :value \"\" \"a\" \"1\" { }",
	  "2:18: ':value' wants \"gt\", \"ge\", \"lt\", \"le\", \"eq\" or \"ne\"\n" },
	{ R "if header :value \"${x}\" \"a\" \"1\" { }",
	  "2:18: :value wants a constant string, without variables\n" },
	{ R "if header :value :comparator \"i;octet\" \"a\" \"1\" { }",
	  "2:18: ':value' wants a string behind it, found ':comparator'\n" },
	{ R "if header :value \"eq\" :count \"eq\" \"a\" \"1\" { }",
	  "2:23: ':count' cannot go with ':value'\n" },
	{ R "if header :count \"eq\" \"subject\" \"1\" { discard; }",
	  "2:11: warning: without a numeric comparator ':count' compares digits as letters\ndiscard [line "
	  "2]\n" },
};

START_TEST(a_relation_must_be_one)
{
	SieveStory story = { .script = bad[_i].script,
			     .message = MAIL,
			     .with_warnings = strstr(bad[_i].findings, "warning") };

	sieve_story_is(&story, bad[_i].findings);
}
END_TEST

static void add(TCase *it)
{
	SIEVE_LOOP(it, a_relation_is_true_or_false, tests);
	SIEVE_LOOP(it, a_relation_must_be_one, bad);
}

int main(void)
{
	return sieve_tests("sieve relational", add);
}
