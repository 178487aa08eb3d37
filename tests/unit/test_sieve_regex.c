/* test_sieve_regex - ":regex" in every test that matches, and what a pattern may cost */
#include "sieve_truth.h"

#define REGEX "\"regex\", \"variables\", \"envelope\""

static const char mail[] = "From: Joe Doe <joe@Example.COM>\n"
			   "To: user+lists@example.org\n"
			   "Subject: Re: [trommel] Hello World 42\n"
			   "X-Utf: gr\xc3\xbc\xc3\x9f Gott\n"
			   "X-Empty:\n"
			   "\nbody\n";

static const struct {
	const char *test, *answer;
} truths[] = {
	{ "header :regex \"subject\" \"hello w.*d\"", "true" },
	{ "header :regex \"subject\" \"^hello\"", "false" },
	{ "header :regex \"subject\" \"42$\"", "true" },
	{ "header :regex \"subject\" \"\\\\[trommel\\\\]\"", "true" },
	{ "header :regex \"subject\" \"[[:digit:]]{2}$\"", "true" },
	{ "header :regex \"subject\" \"\\\\d{3}\"", "false" },
	{ "header :regex \"subject\" [\"nothing\", \"^re:\"]", "true" },
	{ "header :regex \"absent\" \".*\"", "false" },
	{ "header :regex \"x-empty\" \"^$\"", "true" },
	{ "header :regex \"subject\" \"\"", "true" },
	/* The comparator says whether case counts. */
	{ "header :regex :comparator \"i;octet\" \"subject\" \"hello\"", "false" },
	{ "header :regex :comparator \"i;octet\" \"subject\" \"Hello\"", "true" },
	{ "header :regex :comparator \"i;octet\" \"subject\" \"[[:upper:]]ello\"", "true" },
	{ "header :regex \"x-utf\" \"GR\xc3\xbc\xc3\x9f\"", "true" },
	{ "header :regex \"x-utf\" \"gr\xc3\x9c\xc3\x9f\"", "false" },
	{ "header :regex \"x-utf\" \"^gr.. gott$\"", "true" },
	{ "header :regex \"x-utf\" \"gr[\xc3\xbc][^x] gott$\"", "true" },
	{ "header :regex :comparator \"i;octet\" \"x-utf\" \"gr[^a-z]{2} Gott$\"", "true" },
	/* Every test that matches. */
	{ "address :regex \"from\" \"^joe@example\\\\.com$\"", "true" },
	{ "address :regex :domain \"from\" \"^(example|sample)\\\\.com$\"", "true" },
	{ "address :regex [\"to\", \"cc\"] \"user(\\\\+.*)?@example\\\\.org\"", "true" },
	{ "envelope :regex \"from\" \"^ann@\"", "true" },
	{ "string :regex \"abc\" \"^a.c$\"", "true" },
	/* Mistakes are found while compiling. */
	{ "header :regex \"subject\" \"(a\"", "2:28: bad regular expression: '(' without its ')'" },
	{ "header :regex \"subject\" [\"a\", \"[b\"]", "2:34: bad regular expression: '[' without its ']'" },
	{ "header :regex \"subject\" \"(?i)a\"", "2:28: bad regular expression: '(?'" },
	{ "header :regex :comparator \"i;ascii-numeric\" \"subject\" \"a\"", "2:" },
};
START_TEST(a_pattern_matches_what_it_says)
{
	sieve_answers((SieveStory){ .message = mail }, REGEX, truths[_i].test, truths[_i].answer);
}
END_TEST

START_TEST(regex_needs_its_require)
{
	sieve_answers((SieveStory){ .message = mail }, "\"variables\"", "header :regex \"subject\" \"a\"",
		      "2:");
}
END_TEST

START_TEST(groups_become_match_variables)
{
	sieve_told("require [\"regex\", \"variables\", \"fileinto\"];\n"
		   "if header :regex \"subject\" \"\\\\[([a-z]+)\\\\] (x)?(.*) ([0-9]+)$\" {\n"
		   "  fileinto \"${1}/${2}-${3}-${4}-${5}\";\n}\n",
		   mail, "file into \"trommel/-Hello World-42-\" [line 3]\n");
	sieve_told("require [\"regex\", \"variables\", \"fileinto\"];\n"
		   "if header :regex \"subject\" \"W[a-z]*\" { fileinto \"${0}\"; }\n",
		   mail, "file into \"World\" [line 2]\n");
	/* A test that fails leaves them (RFC 5229, 3.2). */
	sieve_told("require [\"regex\", \"variables\", \"fileinto\"];\n"
		   "if header :regex \"subject\" \"(W[a-z]*)\" { }\n"
		   "if header :regex \"subject\" \"(zzz)\" { }\n"
		   "fileinto \"${1}\";\n",
		   mail, "file into \"World\" [line 4]\n");
}
END_TEST

START_TEST(a_pattern_may_come_from_variables)
{
	sieve_told("require [\"regex\", \"variables\", \"fileinto\"];\n"
		   "set \"p\" \"w.r\";\n"
		   "if header :regex \"subject\" \"(${p}ld)\" { fileinto \"${1}\"; }\n",
		   mail, "file into \"World\" [line 3]\n");
}
END_TEST

START_TEST(a_bad_pattern_from_a_variable_is_an_error_of_the_run)
{
	SieveStory story = { .message = mail,
			     .script = "require [\"regex\", \"variables\"];\n"
				       "set \"p\" \"(\";\n"
				       "if header :regex \"subject\" \"${p}\" { discard; }\n" };
	AUTO_VALUE(Text) told = { 0 };

	sieve_story(&story, &told);
	ck_assert_msg(strstr(text_string(&told), "bad regular expression") != NULL, "%s", text_string(&told));
	ck_assert_ptr_nonnull(strstr(text_string(&told), "[implicit keep]"));
}
END_TEST

START_TEST(quoteregex_takes_the_meaning_out)
{
	sieve_told("require [\"regex\", \"variables\", \"fileinto\"];\n"
		   "set :quoteregex \"p\" \"[trommel]\";\n"
		   "if header :regex \"subject\" \"${p} (.)\" { fileinto \"${p}${1}\"; }\n",
		   mail, "file into \"\\\\[trommel\\\\]H\" [line 3]\n");
}
END_TEST

START_TEST(a_star_that_repeats_nothing_is_warned_of)
{
	SieveStory story = { .message = mail,
			     .with_warnings = true,
			     .script = "require \"regex\";\n"
				       "if header :regex \"from\" \"*@example\\\\.com\" { discard; }\n" };
	AUTO_VALUE(Text) told = { 0 };

	sieve_story(&story, &told);
	ck_assert_msg(strstr(text_string(&told), "2:25: warning: a repetition of nothing") != NULL, "%s",
		      text_string(&told));
	ck_assert_ptr_nonnull(strstr(text_string(&told), "discard"));
}
END_TEST

/* A sender who knows the rules must not choose which are passed over, nor burn the machine. */
static const struct {
	const char *pattern, *unit;
	int count;
	bool may_end; /* PCRE2 is clever enough to answer */
} bombs[] = {
	{ "(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", 50 },
	{ "a*a*(b|c)", "a", 8192 },
	{ "a*a*a*(b|c)", "a", 1000 },
	{ "([a-z]+[[:space:]]?)+[0-9]{9}", "lorem ipsum ", 1000 },
	{ "^(a|b)*c", "ab", 100000, true },
	{ "(x+x+)+y", "x", 5000, true },
	{ "(.*)(.*)(.*)(.*)(.*)[^a]$", "a", 3000 },
	{ "(a|aa)+$", "aab", 4000, true },
};
/* Each of the limits by itself: the others let these through. */
static const struct {
	const char *pattern, *unit;
	int count;
	const char *limit;
} limits[] = {
	{ "^(a+)+[bc]", "a", 16,
	  "takes too long (limit: steps)" }, /* 2^16 ways, few items of the pattern in each */
	{ "^(a|b)*[ab]", "ab", 20000,
	  "takes too much memory (limit: heap)" },                   /* each of them is remembered */
	{ "a*a*(b|c)", "a", 8192, "takes too long (limit: steps)" }, /* few matches, many items */
};

static void compare_subject(const char *unit, int count, const char *pattern, Text *answer)
{
	AUTO_VALUE(Text) text = { 0 };
	AUTO_VALUE(Text) test = { 0 };
	SieveStory story = { 0 };

	text_append_string(&text, "Subject: ");
	for (int i = 0; i < count; i++)
		text_append_string(&text, unit);
	text_append_string(&text, "\n\nbody\n");
	story.message = text_string(&text);
	text_printf(&test, "not header :regex \"subject\" \"%s\"", pattern);
	sieve_truth(story, "\"regex\"", text_string(&test), answer);
}

START_TEST(each_limit_of_a_match_is_told_by_its_name)
{
	AUTO_VALUE(Text) answer = { 0 };

	compare_subject(limits[_i].unit, limits[_i].count, limits[_i].pattern, &answer);
	ck_assert_msg(strstr(text_string(&answer), limits[_i].limit) != NULL, "%s", text_string(&answer));
}
END_TEST

START_TEST(a_match_that_takes_too_long_is_an_error_and_not_a_no)
{
	AUTO_VALUE(Text) answer = { 0 };

	compare_subject(bombs[_i].unit, bombs[_i].count, bombs[_i].pattern, &answer);
	ck_assert_msg(strstr(text_string(&answer), "too long") ||
			      strstr(text_string(&answer), "too much memory") ||
			      (bombs[_i].may_end && strcmp(text_string(&answer), "true") == 0),
		      "%s", text_string(&answer));
}
END_TEST

START_TEST(the_strict_check_lets_pcre2_see_every_pattern)
{
	SieveStory story = { .message = mail, .setup.strict_check = true };

	/* Fits our limits but not PCRE2's. */
	sieve_answers(story, REGEX, "header :regex \"subject\" \"((a{1000}){1000}){1000}\"",
		      "2:28: bad regular expression");
	sieve_answers(story, REGEX, "header :regex \"subject\" \"(hello)\"", "true");
}
END_TEST

START_TEST(more_groups_than_variables_are_no_harm)
{
	AUTO_VALUE(Text) test = { 0 };

	text_append_string(&test, "header :regex \"subject\" \"");
	for (int i = 0; i < 100; i++)
		text_append_string(&test, "(.?)");
	text_append_string(&test, "\"");
	sieve_answers((SieveStory){ .message = mail }, REGEX, text_string(&test), "true");
}
END_TEST

static void add(TCase *tests)
{
	tcase_set_timeout(tests, 10);
	tcase_add_loop_test(tests, a_pattern_matches_what_it_says, 0, sizeof truths / sizeof *truths);
	tcase_add_test(tests, regex_needs_its_require);
	tcase_add_test(tests, groups_become_match_variables);
	tcase_add_test(tests, a_pattern_may_come_from_variables);
	tcase_add_test(tests, a_bad_pattern_from_a_variable_is_an_error_of_the_run);
	tcase_add_test(tests, quoteregex_takes_the_meaning_out);
	tcase_add_test(tests, a_star_that_repeats_nothing_is_warned_of);
	tcase_add_loop_test(tests, each_limit_of_a_match_is_told_by_its_name, 0,
			    sizeof limits / sizeof *limits);
	tcase_add_loop_test(tests, a_match_that_takes_too_long_is_an_error_and_not_a_no, 0,
			    sizeof bombs / sizeof *bombs);
	tcase_add_test(tests, the_strict_check_lets_pcre2_see_every_pattern);
	tcase_add_test(tests, more_groups_than_variables_are_no_harm);
}

int main(void)
{
	return sieve_suite("sieve_regex", add);
}
