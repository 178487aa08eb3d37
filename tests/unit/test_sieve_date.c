/* test_sieve_date - date, currentdate, :index and :last */
#include <time.h>

#include "sieve_truth.h"

#define REQUIRE "\"date\", \"index\", \"relational\", \"comparator-i;ascii-numeric\", \"variables\""

static const char mail[] =
	"Received: from a by b; Tue, 03 Feb 2026 10:00:00 +0100\n"
	"Received: from c by d (x; y) id 1;\n\t(comment) Mon, 02 Feb 2026 23:30:05 -0800 (PST)\n"
	"Received: from e by f without any date\n"
	"Date: Sat, 28 Feb 2026 23:59:58 -0500\n"
	"X-Bad: 30 Feb 2026 10:00:00 +0000\n"
	"X-Words: yesterday\n"
	"X-Zulu: 1 Jan 26 00:00:00 GMT\n"
	"X-Unknown: 1 Jan 2026 00:00:00 -0000\n"
	"X-Old: Mon, 1 Apr 2002 09:06:31 EST\n"
	"Resent-Date: Thu, 1 Jan 1970 00:00:00 +0000\n"
	"To: a@example.org, b@example.org\n"
	"To: c@example.org\n"
	"Cc: d@example.org\n"
	"X-Many: one\nX-Many: two\nX-Many: three\n"
	"\nbody\n";

static const struct {
	const char *test, *answer;
} truths[] = {
	/* Every part, in the zone of the field (RFC 5260, section 4.2). */
	{ "date :originalzone \"date\" \"year\" \"2026\"", "true" },
	{ "date :originalzone \"date\" \"month\" \"02\"", "true" },
	{ "date :originalzone \"date\" \"day\" \"28\"", "true" },
	{ "date :originalzone \"date\" \"date\" \"2026-02-28\"", "true" },
	{ "date :originalzone \"date\" \"julian\" \"61099\"", "true" },
	{ "date :originalzone \"date\" \"hour\" \"23\"", "true" },
	{ "date :originalzone \"date\" \"minute\" \"59\"", "true" },
	{ "date :originalzone \"date\" \"second\" \"58\"", "true" },
	{ "date :originalzone \"date\" \"time\" \"23:59:58\"", "true" },
	{ "date :originalzone \"date\" \"iso8601\" \"2026-02-28T23:59:58-05:00\"", "true" },
	{ "date :originalzone \"date\" \"std11\" \"Sat, 28 Feb 2026 23:59:58 -0500\"", "true" },
	{ "date :originalzone \"date\" \"zone\" \"-0500\"", "true" },
	{ "date :originalzone \"date\" \"weekday\" \"6\"", "true" },
	{ "date :originalzone \"DATE\" \"WeekDay\" \"6\"", "true" },
	/* In another zone it is another day. */
	{ "date :zone \"+0000\" \"date\" \"date\" \"2026-03-01\"", "true" },
	{ "date :zone \"+0000\" \"date\" \"weekday\" \"0\"", "true" },
	{ "date :zone \"+0000\" \"date\" \"julian\" \"61100\"", "true" },
	{ "date :zone \"+0530\" \"date\" \"iso8601\" \"2026-03-01T10:29:58+05:30\"", "true" },
	{ "date :zone \"-0330\" \"date\" \"zone\" \"-0330\"", "true" },
	/* Without either the local zone counts: the tests choose it below (+0545). */
	{ "date \"date\" \"zone\" \"+0545\"", "true" },
	{ "date \"date\" \"time\" \"10:44:58\"", "true" },
	/* No offset. */
	{ "date :originalzone \"x-zulu\" \"iso8601\" \"2026-01-01T00:00:00Z\"", "true" },
	{ "date :originalzone \"x-zulu\" \"zone\" \"+0000\"", "true" },
	{ "date :originalzone \"x-unknown\" \"zone\" \"+0000\"", "true" },
	{ "date :zone \"-0000\" \"x-zulu\" \"zone\" \"+0000\"", "true" },
	{ "date :originalzone \"x-old\" \"zone\" \"-0500\"", "true" },
	{ "date :zone \"+0000\" \"resent-date\" \"julian\" \"40587\"", "true" },
	{ "date :zone \"-0100\" \"resent-date\" \"julian\" \"40586\"", "true" },
	/* Received: behind the last semicolon. */
	{ "date :originalzone \"received\" \"time\" \"10:00:00\"", "true" },
	{ "date :index 2 :originalzone \"received\" \"time\" \"23:30:05\"", "true" },
	/* What is no date matches nothing, and is no error. */
	{ "date \"x-bad\" \"day\" \"30\"", "false" },
	{ "date :matches \"x-bad\" \"day\" \"*\"", "false" },
	{ "date :matches \"x-words\" \"day\" \"*\"", "false" },
	{ "date :matches \"absent\" \"day\" \"*\"", "false" },
	{ "date :index 3 :matches \"received\" \"day\" \"*\"", "false" },
	/* :count is 1 for a date and 0 for none (section 4). */
	{ "date :count \"eq\" \"date\" \"day\" \"1\"", "true" },
	{ "date :count \"eq\" \"x-bad\" \"day\" \"0\"", "true" },
	{ "date :count \"eq\" \"received\" \"day\" \"1\"", "true" },
	{ "currentdate :count \"eq\" \"day\" \"1\"", "true" },
	/* With :value. */
	{ "date :value \"ge\" :originalzone \"date\" \"hour\" \"09\"", "true" },
	{ "date :value \"lt\" :originalzone \"date\" \"hour\" \"17\"", "false" },
	{ "date :value \"gt\" :comparator \"i;ascii-numeric\" \"date\" \"julian\" \"9999\"", "true" },
	{ "date :matches \"date\" \"year\" [\"19*\", \"20*\"]", "true" },
	/* The present: 2026-11-24T08:11:22Z. */
	{ "currentdate :zone \"+0000\" \"iso8601\" \"2026-11-24T08:11:22Z\"", "true" },
	{ "currentdate \"time\" \"13:56:22\"", "true" },
	{ "currentdate :zone \"-0900\" \"weekday\" \"1\"", "true" },
	{ "allof (currentdate :value \"ge\" \"date\" \"2026-11-01\", currentdate :value \"le\" \"date\" "
	  "\"2026-11-30\")",
	  "true" },
	/* Mistakes. */
	{ "date :zone \"+0000\" :originalzone \"date\" \"day\" \"1\"", "2:" },
	{ "date :zone \"GMT\" \"date\" \"day\" \"1\"", "2:15: a time zone is" },
	{ "date :zone \"+0060\" \"date\" \"day\" \"1\"", "2:15: a time zone is" },
	{ "date \"date\" \"days\" \"1\"", "2:16: unknown date part 'days'" },
	{ "currentdate \"now\" \"1\"", "2:16: unknown date part 'now'" },
	{ "currentdate :originalzone \"day\" \"1\"", "2:" },
	/* :index and :last (section 6). */
	{ "header :index 1 \"x-many\" \"one\"", "true" },
	{ "header :index 2 \"x-many\" \"two\"", "true" },
	{ "header :index 1 :last \"x-many\" \"three\"", "true" },
	{ "header :index 3 :last \"x-many\" \"one\"", "true" },
	{ "header :last :index 1 \"x-many\" \"three\"", "true" },
	{ "header :index 4 :matches \"x-many\" \"*\"", "false" },
	{ "header :index 4 :last :matches \"x-many\" \"*\"", "false" },
	{ "header :index 4294967297 :matches \"x-many\" \"*\"", "false" },
	{ "header :index 2 \"x-many\" [\"one\", \"three\"]", "false" },
	{ "header :index 4 [\"x-many\", \"x-words\"] \"yesterday\"", "true" },
	{ "header :index 1 :last [\"x-many\", \"x-words\"] \"yesterday\"", "true" },
	{ "address :index 2 \"to\" \"c@example.org\"", "true" },
	{ "address :index 1 \"to\" \"b@example.org\"", "true" },
	{ "address :index 2 :localpart \"to\" [\"a\", \"b\"]", "false" },
	{ "address :index 3 [\"to\", \"cc\"] \"d@example.org\"", "true" },
	{ "date :index 1 :last \"received\" \"day\" \"3\"", "false" },
	{ "date :index 2 :last :originalzone \"received\" \"day\" \"02\"", "true" },
	{ "header :count \"eq\" :index 2 \"x-many\" \"1\"", "true" },
	{ "header :index 0 \"x-many\" \"one\"", "2:18: :index counts from 1" },
	{ "header :last \"x-many\" \"one\"", "2:" },
};
START_TEST(a_part_of_a_date_is_what_the_rfc_says)
{
	setenv("TZ", "<+0545>-5:45", 1); /* Nepal: no whole hour, no summer time */
	tzset();
	sieve_answers((SieveStory){ .message = mail, .now = 1795507882 }, REQUIRE, truths[_i].test,
		      truths[_i].answer);
}
END_TEST

START_TEST(summer_time_is_that_of_the_date_and_not_of_today)
{
	SieveStory story = { .message = "Date: Wed, 1 Jul 2026 12:00:00 +0000\n"
					"X-Winter: Thu, 1 Jan 2026 12:00:00 +0000\n\n",
			     .now = 1795507882 };

	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	sieve_answers(story, REQUIRE, "date \"date\" \"hour\" \"14\"", "true");
	sieve_answers(story, REQUIRE, "date \"date\" \"zone\" \"+0200\"", "true");
	sieve_answers(story, REQUIRE, "date \"x-winter\" \"hour\" \"13\"", "true");
}
END_TEST

START_TEST(parts_become_match_variables)
{
	SieveStory story = {
		.now = 1795507882,
		.script = "require [\"date\", \"variables\", \"fileinto\"];\n"
			  "if currentdate :zone \"+0000\" :matches \"month\" \"*\" { set \"m\" \"${1}\"; }\n"
			  "if currentdate :zone \"+0000\" :matches \"year\" \"*\" { set \"y\" \"${1}\"; }\n"
			  "fileinto \"${m}-${y}\";\n"
	};
	AUTO_VALUE(Text) told = { 0 };

	sieve_story(&story, &told);
	ck_assert_str_eq(text_string(&told), "file into \"11-2026\" [line 4]\n");
}
END_TEST

START_TEST(names_and_zones_may_come_from_variables)
{
	SieveStory story = { .message = mail, .now = 1795507882 };

	sieve_answers(story, REQUIRE, "date :zone \"${x}+0000\" \"da${x}te\" \"d${x}ay\" \"01\"", "true");
	sieve_answers(story, REQUIRE, "date :zone \"${x}zone\" \"date\" \"day\" \"01\"", "the rules");
	sieve_answers(story, REQUIRE, "currentdate \"${x}what\" \"01\"", "the rules");
}
END_TEST

static void add(TCase *tests)
{
	tcase_add_loop_test(tests, a_part_of_a_date_is_what_the_rfc_says, 0, sizeof truths / sizeof *truths);
	tcase_add_test(tests, summer_time_is_that_of_the_date_and_not_of_today);
	tcase_add_test(tests, parts_become_match_variables);
	tcase_add_test(tests, names_and_zones_may_come_from_variables);
}

int main(void)
{
	return sieve_suite("sieve_date", add);
}
