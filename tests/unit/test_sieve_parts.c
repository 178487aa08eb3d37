/* test_sieve_parts - loops over parts, and what they may cost
 * RFC 5703, section 3 and 4; the language itself is tested in tests/sieve/ */
#include <time.h>

#include "mime_helper.h"
#include "patience.h"

#define KEPT "keep in the inbox [implicit keep]\n"
#define REQUIRE                                                                                              \
	"require [\"foreverypart\", \"mime\", \"variables\", \"fileinto\", \"relational\", \"editheader\", " \
	"\"comparator-i;ascii-numeric\"];\n"

static void told(const char *script, Slice message, const char *wanted)
{
	AUTO_VALUE(Text) source = { 0 };
	SieveStory story = { .bytes = message, .mime = mime };

	text_printf(&source, REQUIRE "%s", script);
	story.script = text_string(&source);
	sieve_story_is(&story, wanted);
}

/* A multipart of so many parts. */
static void write_flat(Text *out, int parts)
{
	text_append_string(out, "Subject: flat\nContent-Type: multipart/mixed; boundary=b\n\n");
	for (int i = 0; i < parts; i++)
		text_printf(out, "--b\nContent-Type: text/plain; name=\"n%d\"\nX-Number: %d\n\ntext %d\n", i,
			    i, i);
	text_append_string(out, "--b--\n");
}

/* Multiparts within one another, `wide` leaves in the innermost. */
static void write_deep(Text *out, int levels, int wide)
{
	text_append_string(out, "Subject: deep\n");
	for (int i = 0; i < levels; i++)
		text_printf(out, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
	for (int i = 0; i < wide; i++)
		text_printf(out, "%s\ntext\n", i ? "--b0\n" : "");
}

static double seconds_of(const char *script, Slice message, const char *wanted)
{
	clock_t start = clock();

	told(script, message, wanted);
	return (double)(clock() - start) / CLOCKS_PER_SEC;
}

START_TEST(a_thousand_parts_are_looked_at_in_no_time)
{
	AUTO_VALUE(Text) message = { 0 };
	double took;

	write_flat(&message, 990);
	took = seconds_of("foreverypart { if header :mime :param \"name\" \"Content-Type\" \"n989\" "
			  "{ fileinto \"found\"; } }",
			  text_slice(&message), "file into \"found\" [line 2]\n");
	ck_assert_msg(took < patience(0.5), "%.2f s", took);
	/* each of them asks all of them */
	took = seconds_of("foreverypart { if header :mime :anychild :param \"name\" \"Content-Type\" \"no\" "
			  "{ fileinto \"found\"; } }",
			  text_slice(&message), KEPT);
	ck_assert_msg(took < patience(0.5), "%.2f s", took);
}
END_TEST

START_TEST(a_header_edited_in_a_loop_does_not_have_the_parts_found_anew)
{
	AUTO_VALUE(Text) message = { 0 };
	double took;

	write_flat(&message, 990);
	took = seconds_of("foreverypart { if header :mime :contains \"x-number\" \"\" "
			  "{ addheader \"X-Part\" \"one\"; } }\n"
			  "if header :count \"eq\" :comparator \"i;ascii-numeric\" \"x-part\" \"990\" "
			  "{ discard; }",
			  text_slice(&message), "discard [line 3]\n");
	ck_assert_msg(took < patience(2), "%.2f s", took);
}
END_TEST

START_TEST(loops_within_loops_end)
{
	AUTO_VALUE(Text) message = { 0 };

	write_deep(&message, 90, 10);
	told("foreverypart { foreverypart { foreverypart { if true { } } } }", text_slice(&message),
	     "the rules failed:\nmain:2:31: loops came by more than 10000 parts (limit: iterations)\n" KEPT);
}
END_TEST

/* RFC 5703, 3: the message itself, then depth first; an enclosed message is a part of what encloses it. */
START_TEST(parts_are_visited_depth_first)
{
	static const char message[] = "Subject: s\nContent-Type: multipart/mixed; boundary=a\n\n"
				      "--a\nContent-Type: text/x1\n\n1\n"
				      "--a\nContent-Type: multipart/x2; boundary=b\n\n"
				      "--b\nContent-Type: text/x3\n\n3\n"
				      "--b\nContent-Type: message/rfc822\n\n"
				      "Subject: inner\nContent-Type: text/x5\n\n5\n"
				      "--b--\n--a\nContent-Type: text/x6\n\n6\n--a--\n";

	told("set \"x\" \"\"; foreverypart { if header :mime :subtype :matches \"content-type\" \"*\" "
	     "{ set \"x\" \"${x}.${1}\"; } }\nfileinto \"${x}\";",
	     slice_of(message), "file into \".mixed.x1.x2.x3.rfc822.x5.x6\" [line 3]\n");
}
END_TEST

static void add(TCase *tests)
{
	tcase_add_unchecked_fixture(tests, open_mime, NULL);
	tcase_add_test(tests, parts_are_visited_depth_first);
	tcase_add_test(tests, a_thousand_parts_are_looked_at_in_no_time);
	tcase_add_test(tests, a_header_edited_in_a_loop_does_not_have_the_parts_found_anew);
	tcase_add_test(tests, loops_within_loops_end);
}

int main(void)
{
	return sieve_tests("sieve_parts", add);
}
