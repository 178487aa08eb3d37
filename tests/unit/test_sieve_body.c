/* test_sieve_body - the body test: raw, by content type, and as text */
#include <unistd.h>

#include "base/io.h"
#include "mime_helper.h"
#include "sieve_truth.h"

#define REQUIRE \
	"\"body\", \"relational\", \"comparator-i;ascii-numeric\", \"regex\", \"variables\", \"fileinto\""

/* The message of RFC 5173, section 5.2. */
static const char rfc[] = "From: Whomever\n"
			  "To: Someone\n"
			  "Date: Whenever\n"
			  "Subject: whatever\n"
			  "Content-Type: multipart/mixed; boundary=outer\n"
			  "\n"
			  "This is a multi-part message in MIME format.\n"
			  "\n"
			  "--outer\n"
			  "Content-Type: multipart/alternative; boundary=inner\n"
			  "\n"
			  "This is a nested multi-part message in MIME format.\n"
			  "\n"
			  "--inner\n"
			  "Content-Type: text/plain; charset=\"us-ascii\"\n"
			  "\n"
			  "Hello\n"
			  "\n"
			  "--inner\n"
			  "Content-Type: text/html; charset=\"us-ascii\"\n"
			  "\n"
			  "<html><body>Hello</body></html>\n"
			  "\n"
			  "--inner--\n"
			  "\n"
			  "This is the end of the inner MIME multipart.\n"
			  "\n"
			  "--outer\n"
			  "Content-Type: message/rfc822\n"
			  "\n"
			  "From: Someone Else\n"
			  "Subject: hello request\n"
			  "\n"
			  "Please say Hello\n"
			  "\n"
			  "--outer--\n"
			  "\n"
			  "This is the end of the outer MIME multipart.\n";

/* Texts in every dress. */
static const char dressed[] =
	"Subject: secret-header\n"
	"Content-Type: multipart/mixed; boundary=\"=_b\"\n"
	"\n"
	"--=_b\n"
	"Content-Type: text/plain; charset=iso-8859-1\n"
	"Content-Transfer-Encoding: quoted-printable\n"
	"X-Inner: inner-header\n"
	"\n"
	"Gr=FC=DFe, und ein sehr lan=\nges Wort\n"
	"--=_b\n"
	"Content-Type: text/html; charset=utf-8\n"
	"Content-Transfer-Encoding: base64\n"
	"\n"
	/* <p>Buy V<b>ia</b>gra&nbsp;<i>now</i>!</p><script>hidden</script> */
	"PHA+QnV5IFY8Yj5pYTwvYj5ncmEmbmJzcDs8aT5ub3c8L2k+ITwvcD48c2NyaXB0PmhpZGRlbjwvc2NyaXB0Pg==\n"
	"--=_b\n"
	"Content-Type: application/octet-stream\n"
	"Content-Transfer-Encoding: base64\n"
	"\n"
	"YXR0YWNobWVudA==\n" /* attachment */
	"--=_b\n"
	"Content-Type: application/x-empty\n"
	"\n"
	"--=_b--\n";

static const struct {
	const char *message, *test, *answer;
} truths[] = {
	/* What section 5.2 says of its example. */
	{ rfc, "body :content \"multipart\" :contains \"MIME\"", "true" },
	{ rfc, "body :content \"multipart\" :contains \"end of the inner\"", "true" },
	{ rfc, "body :content \"multipart\" :contains \"end of the outer\"", "true" },
	{ rfc, "body :content \"multipart\" :contains \"Hello\"", "false" },
	{ rfc, "body :content \"multipart/alternative\" :contains \"nested\"", "true" },
	{ rfc, "body :content \"multipart/mixed\" :contains \"nested\"", "false" },
	/* Prologue and epilogue are strings of their own. */
	{ rfc, "body :content \"multipart/mixed\" :matches \"*format*end*\"", "false" },
	/* The prologue begins where the body begins, and is another string all the same. */
	{ rfc, "allof (body :raw :contains \"Hello\", body :content \"multipart\" :contains \"Hello\")",
	  "false" },
	{ rfc, "body :content \"text/plain\" :contains \"Hello\"", "true" },
	/* Lines end alike in mail and scripts, whatever they end in. */
	{ rfc, "body :content \"text/plain\" :is \"Hello\r\n\"", "true" },
	{ rfc, "body :content \"text/plain\" :is \"Hello\n\"", "true" },
	{ rfc, "body :content \"text/html\" :contains \"Hello\"", "true" },
	{ rfc, "body :content \"text/html\" :contains \"<body>\"", "true" },
	{ rfc, "body :content \"text\" :contains \"Hello\"", "true" },
	{ rfc, "body :content \"text\" :contains \"say Hello\"", "true" },
	{ rfc, "body :content \"message/rfc822\" :contains \"Hello\"", "true" },
	{ rfc, "body :content \"message/rfc822\" :contains \"say Hello\"", "false" },
	{ rfc, "body :content \"message\" :contains \"Someone Else\"", "true" },
	/* Which types (section 5.2). */
	{ rfc, "body :content \"\" :contains \"say Hello\"", "true" },
	{ rfc, "body :content \"te\" :contains \"\"", "false" },
	{ rfc, "body :content \"TEXT/Plain\" :contains \"\"", "true" },
	{ rfc, "body :content \"text/\" :contains \"\"", "false" },
	{ rfc, "body :content \"/plain\" :contains \"\"", "false" },
	{ rfc, "body :content \"text/plain/x\" :contains \"\"", "false" },
	{ rfc, "body :content [\"image\", \"text/html\"] :contains \"Hello\"", "true" },
	{ rfc, "body :content \"image\" :contains \"\"", "false" },
	{ rfc, "body :content \"te${x}xt\" :contains \"Hello\"", "true" },
	/* Decoding. */
	{ dressed, "body :contains \"gr\xc3\xbc\xc3\x9f\x65, und\"", "true" },
	{ dressed, "body :contains \"sehr langes Wort\"", "true" },
	{ dressed, "body :contains \"buy viagra now!\"", "true" },
	{ dressed, "body :text :contains \"hidden\"", "false" },
	{ dressed, "body :text :contains \"attachment\"", "false" },
	{ dressed, "body :text :contains \"inner-header\"", "false" },
	{ dressed, "body :content \"text\" :contains \"hidden\"", "true" },
	{ dressed, "body :content \"text\" :contains \"viagra\"", "false" },
	{ dressed, "body :content \"application\" :contains \"attachment\"", "true" },
	{ dressed, "body :content \"\" :contains \"attachment\"", "true" },
	{ dressed, "body :content \"application/x-empty\" :is \"\"", "true" },
	{ dressed, "body :content \"application/x-empty\" :contains \"\"", "true" },
	{ dressed, "body :content \"application/x-empty\" :contains \"x\"", "false" },
	/* Texts do not run together. */
	{ dressed, "body :text :contains \"Wort\nBuy\"", "false" },
	/* Other match types, comparators, several keys. */
	{ dressed, "body :matches \"Buy*now!\"", "true" },
	{ dressed, "body :is \"Buy Viagra now!\"", "true" },
	{ dressed, "body :regex \"buy [a-z]+ now\"", "true" },
	{ dressed, "body :regex \"buy [0-9]+ now\"", "false" },
	{ dressed, "body :comparator \"i;octet\" :contains \"buy viagra\"", "false" },
	{ dressed, "body :comparator \"i;octet\" :contains \"Buy Viagra\"", "true" },
	{ dressed, "body :contains [\"nothing\", \"viagra\"]", "true" },
	{ dressed, "body :contains \"\"", "true" },
	{ dressed, "body :count \"eq\" :comparator \"i;ascii-numeric\" \"2\"", "true" },
	{ dressed, "body :content \"\" :count \"eq\" :comparator \"i;ascii-numeric\" \"5\"", "true" },
	{ dressed, "body :raw :count \"eq\" :comparator \"i;ascii-numeric\" \"1\"", "true" },
	/* The bytes as they came. */
	{ dressed, "body :raw :contains \"Gr=FC=DF\"", "true" },
	{ dressed, "body :raw :contains \"--=_b\"", "true" },
	{ dressed, "body :raw :contains \"inner-header\"", "true" },
	{ dressed, "body :raw :contains \"secret-header\"", "false" },
	{ dressed, "body :raw :contains \"viagra\"", "false" },
	{ dressed, "body :raw :matches \"--=_b*--=_b--*\"", "true" },
	/* No body, an empty one, and no header. */
	{ "Subject: x\n", "body :contains \"\"", "false" },
	{ "Subject: x\n", "body :raw :contains \"\"", "false" },
	{ "Subject: x\n", "body :content \"\" :contains \"\"", "false" },
	{ "Subject: x\n", "body :raw :is \"\"", "false" },
	{ "Subject: x\n\n", "body :raw :is \"\"", "true" },
	{ "Subject: x\n\n", "body :contains \"\"", "true" },
	{ "Subject: x\n\nhello", "body :raw :is \"hello\"", "true" },
	{ "Subject: x\n\nhello", "body :is \"hello\"", "true" },
	{ "\nhello", "body :is \"hello\"", "true" },
	{ "Subject: x\r\n\r\nhello\r\n", "body :raw :is \"hello\r\n\"", "true" },
	/* A message that is encoded as a whole: its header, no more. */
	{ "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
	  "U3ViamVjdDogaW5uZXIKCmhlbGxvCg==\n", /* Subject: inner / empty line / hello */
	  "body :content \"message/rfc822\" :is \"Subject: inner\n\"", "true" },
	/* Mistakes. */
	{ dressed, "body :raw :text :contains \"x\"", "2:" },
	{ dressed, "body :content :contains \"x\"", "2:" },
	{ dressed, "body :regex \"(x\"", "2:16: bad regular expression" },
};
START_TEST(a_body_matches_what_the_rfc_says)
{
	open_mime();
	sieve_answers((SieveStory){ .message = truths[_i].message, .mime = mime }, REQUIRE, truths[_i].test,
		      truths[_i].answer);
}
END_TEST

START_TEST(raw_alone_needs_no_module)
{
	static const struct {
		const char *script;
		bool needs;
	} scripts[] = {
		{ "require \"body\"; if body :raw :contains \"x\" { discard; }", false },
		{ "require \"body\"; if body :contains \"x\" { discard; }", true },
		{ "require \"body\"; if body :content \"text\" :contains \"x\" { discard; }", true },
		{ "keep;", false },
	};

	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		AUTO(Arena) arena = arena_new();
		SieveSetup setup = { 0 };
		SieveFindings findings = { 0 };
		Failure why = { 0 };
		SieveScript *script = sieve_compile("main", slice_of(scripts[i].script), &setup, arena,
						    &findings, &why);

		ck_assert_ptr_nonnull(script);
		ck_assert_int_eq(sieve_needs_mime(script), scripts[i].needs);
	}
	sieve_answers((SieveStory){ .message = dressed }, REQUIRE, "body :raw :contains \"=_b\"", "true");
}
END_TEST

START_TEST(match_variables_are_left_alone)
{
	SieveStory story = { .message = "Subject: kept\n\nhello world\n",
			     .script = "require [" REQUIRE "];\n"
				       "if header :matches \"subject\" \"*\" { }\n"
				       "if body :matches \"hello*\" { }\n"
				       "if body :raw :regex \"hello (.*)\" { }\n"
				       "fileinto \"${1}\";\n" };
	AUTO_VALUE(Text) told = { 0 };

	open_mime();
	story.mime = mime;
	sieve_story(&story, &told);
	ck_assert_str_eq(text_string(&told), "file into \"kept\" [line 5]\n");
}
END_TEST

START_TEST(nuls_end_nothing)
{
	static const char bytes[] = "Subject: x\n\nab\0cd needle ef\0";
	SieveStory story = { .bytes = { bytes, sizeof bytes - 1 } };

	open_mime();
	story.mime = mime;
	sieve_answers(story, REQUIRE, "body :contains \"needle\"", "true");
	sieve_answers(story, REQUIRE, "body :raw :contains \"needle\"", "true");
	sieve_answers(story, REQUIRE, "body :matches \"ab?cd needle ef?\"", "true");
}
END_TEST

/* A large text, with a word at its very end. */
static void make_large(Text *message, const char *header, size_t size)
{
	text_append_string(message, header);
	while (message->length < size)
		text_append_string(message, "All work and no play makes Jack a dull boy.\n");
	text_append_string(message, "the needle\n");
}

START_TEST(a_large_body_is_searched_to_its_end)
{
	AUTO_VALUE(Text) message = { 0 };
	SieveStory story = { 0 };

	open_mime();
	story.mime = mime;
	make_large(&message, _i ? "Content-Type: text/html; charset=utf-8\n\n" : "\n", 6 * 1024 * 1024);
	story.bytes = text_slice(&message);
	sieve_answers(story, REQUIRE, "body :contains \"NEEDLE\"", "true");
	sieve_answers(story, REQUIRE, "body :contains \"needles\"", "false");
	sieve_answers(story, REQUIRE, "body :contains [\"needles\", \"the needle\"]", "true");
	sieve_answers(story, REQUIRE, "body :contains \"boy.\nthe needle\n\"", _i ? "false" : "true");
	sieve_answers(story, REQUIRE, "body :raw :contains \"boy.\nthe needle\r\n\"", "true");
	sieve_answers(story, REQUIRE, "body :raw :contains \"needle\"", "true");
	sieve_answers(story, REQUIRE, "body :raw :comparator \"i;octet\" :contains \"NEEDLE\"", "false");
	sieve_answers(story, REQUIRE, "not body :contains \"needle\"", "false");
}
END_TEST

START_TEST(more_text_than_can_be_held_is_an_error_and_not_a_no)
{
	AUTO_VALUE(Text) message = { 0 };
	SieveStory story = { 0 };

	open_mime();
	story.mime = mime;
	make_large(&message, "\n", 6 * 1024 * 1024);
	story.bytes = text_slice(&message);
	sieve_answers(story, REQUIRE, "not body :matches \"*needle*\"", "the rules");
	sieve_answers(story, REQUIRE, "body :raw :is \"x\"", "the rules");
}
END_TEST

START_TEST(many_rules_over_a_body_read_it_once)
{
	AUTO_VALUE(Text) script = { 0 };
	AUTO_VALUE(Text) message = { 0 };
	AUTO_VALUE(Text) told = { 0 };
	SieveStory story = { 0 };

	open_mime();
	make_large(&message, "\n", 3 * 1024 * 1024);
	text_append_string(&script, "require [" REQUIRE "];\n");
	for (int i = 0; i < 100; i++)
		text_printf(&script, "if body :matches \"%d*\" { discard; stop; }\n", i);
	story = (SieveStory){ .script = text_string(&script), .bytes = text_slice(&message), .mime = mime };
	sieve_story(&story, &told);
	ck_assert_str_eq(text_string(&told), "keep in the inbox [implicit keep]\n");
}
END_TEST

static void add(TCase *tests)
{
	tcase_set_timeout(tests, 20);
	tcase_add_loop_test(tests, a_body_matches_what_the_rfc_says, 0, sizeof truths / sizeof *truths);
	tcase_add_test(tests, raw_alone_needs_no_module);
	tcase_add_test(tests, match_variables_are_left_alone);
	tcase_add_test(tests, nuls_end_nothing);
	tcase_add_loop_test(tests, a_large_body_is_searched_to_its_end, 0, 2);
	tcase_add_test(tests, more_text_than_can_be_held_is_an_error_and_not_a_no);
	tcase_add_test(tests, many_rules_over_a_body_read_it_once);
}

int main(void)
{
	return sieve_suite("sieve_body", add);
}
