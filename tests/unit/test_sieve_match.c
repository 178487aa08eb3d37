/* Match types and comparators (RFC 5228, 2.7; RFC 4790, 9; captures of RFC 5229, 3.2). */
#include <time.h>

#include "base/ascii.h"
#include "patience.h"
#include "sieve/glob.h"
#include "sieve_helper.h"

#define KEPT "keep in the inbox [implicit keep]\n"

/* ---- :matches ---- */

/* What the wildcards stand for, with "|" between them; NULL: it does not match. */
static const struct {
	const char *pattern, *value, *parts;
} globs[] = {
	{ "", "", "" },
	{ "", "a", NULL },
	{ "a", "", NULL },
	{ "abc", "abc", "" },
	{ "abc", "abcd", NULL },
	{ "abc", "xabc", NULL },
	{ "*", "", "" },
	{ "*", "abc", "abc" },
	{ "?", "a", "a" },
	{ "?", "", NULL },
	{ "?", "ab", NULL },
	{ "??", "\xc3\xa4", "\xc3|\xa4" }, /* an octet each, says 2.7.1 */
	{ "?", "\xc3\xa4", NULL },
	{ "*?*", "", NULL },
	{ "*?*", "abc", "|a|bc" },
	{ "**", "abc", "|abc" },
	{ "***", "", "||" },
	{ "?abc*", "zzabc", NULL }, /* a "*" behind it does not move the "?" */
	{ "?abc*", "zabcd", "z|d" },
	{ "*-*", "foo-bar-baz", "foo|bar-baz" },
	{ "*-*-*", "foo-bar-baz", "foo|bar|baz" },
	{ "*-*-*-*", "foo-bar-baz", NULL },
	{ "[*] *", "[acme-users] [fwd] version 1.0 is out", "acme-users|[fwd] version 1.0 is out" },
	{ "coyote@**.com", "coyote@ACME.Example.com", "|ACME.Example" },
	{ "*<*@*", "List <dev@example.org>", "List |dev|example.org>" },
	{ "a*b", "ab", "" },
	{ "a*b", "axxb", "xx" },
	{ "a*b", "axxbx", NULL },
	{ "a*a", "a", NULL }, /* begin and end do not overlap */
	{ "ab*ba", "aba", NULL },
	{ "*b?d*", "abcbxdz", "abc|x|z" },
	{ "*b?d*", "abbd", "a|b|" },
	{ "*a?", "aab", "a|b" },
	{ "*?b", "aab", "a|a" },
	{ "?*?", "ab", "a||b" },
	{ "?*?", "a", NULL },
	{ "*??*a", "xya", "|x|y|" },
	/* a back-slash takes the meaning away; captures nothing; alone at the end it is itself */
	{ "\\*", "*", "" },
	{ "\\*", "a", NULL },
	{ "\\?x*", "?xy", "y" },
	{ "\\\\", "\\", "" },
	{ "\\a", "a", "" },
	{ "a\\", "a\\", "" },
	{ "*\\", "x\\", "x" },
	{ "*\\**", "a*b", "a|b" },
	{ "*aab*", "aaaab", "aa|" },
	{ "*a?b*", "aaabab", "a|a|ab" },
};

START_TEST(a_pattern_matches_all_of_a_value_and_captures_as_little_as_it_can)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) text = { 0 };
	SieveGlob *glob = sieve_glob_new(slice_of(globs[_i].pattern), arena);
	SieveGlobPart parts[8];
	size_t count;
	bool matches = sieve_glob_match(glob, slice_of(globs[_i].value), parts, 8, &count);

	ck_assert_msg(matches == (globs[_i].parts != NULL), "%s on %s", globs[_i].pattern, globs[_i].value);
	for (size_t i = 0; matches && i < count; i++) {
		text_append(&text, globs[_i].value + parts[i].offset, parts[i].length);
		text_append_string(&text, i + 1 < count ? "|" : "");
	}
	if (matches)
		ck_assert_str_eq(text_string(&text), globs[_i].parts);
}
END_TEST

/* The plain definition, exponential and short: what the quick one is held against. */
static bool slow(const char *pattern, const char *value)
{
	if (!*pattern)
		return !*value;
	if (*pattern == '*')
		return slow(pattern + 1, value) || (*value && slow(pattern, value + 1));
	return *value && (*pattern == '?' || *pattern == *value) && slow(pattern + 1, value + 1);
}

START_TEST(all_short_patterns_match_as_defined)
{
	static const char letters[] = "ab*?";
	AUTO(Arena) arena = arena_new();

	for (unsigned p = 0; p < 4 * 4 * 4 * 4 * 4; p++) {
		char pattern[6] = { 0 };
		SieveGlob *glob;

		for (unsigned i = 0, rest = p; i < 5; i++, rest /= 4)
			pattern[i] = letters[rest % 4];
		glob = sieve_glob_new(slice_of(pattern), arena);
		for (unsigned v = 0; v < 128; v++) {
			char value[8] = { 0 };
			size_t count;

			/* The highest bit says how long it is. */
			for (unsigned i = 0, rest = v + 1; rest > 1; i++, rest /= 2)
				value[i] = "ab"[rest % 2];
			ck_assert_msg(sieve_glob_match(glob, slice_of(value), NULL, 0, &count) ==
					      slow(pattern, value),
				      "%s on %s", pattern, value);
		}
	}
}
END_TEST

/* Patterns and values made for each other: what backtracks takes years for them. */
static const struct {
	const char *pattern, *part, *last;
	size_t times;
} hostile[] = {
	{ "*a*a*a*a*a*a*a*a*a*a*a*a*b", "a", "c", 1000000 },
	{ "*a?a?a?a?a?a?a?a?a?a?ab*", "a", "c", 1000000 },
	{ "*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab*", "a", "c", 1000000 },
	{ "*?????????????????????????????????????????????????????????????????????a?b*", "a", "c", 1000000 },
	{ "*a*b*c*d*e*f*", "abcde", "g", 200000 },
};

START_TEST(no_pattern_is_slow_on_a_megabyte)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) value = { 0 };
	SieveGlob *glob = sieve_glob_new(slice_of(hostile[_i].pattern), arena);
	clock_t start;
	size_t count;

	for (size_t i = 0; i < hostile[_i].times; i++)
		text_append_string(&value, hostile[_i].part);
	text_append_string(&value, hostile[_i].last);
	start = clock();
	ck_assert(!sieve_glob_match(glob, text_slice(&value), NULL, 0, &count));
	/* Milliseconds, even on a machine that does other things too. */
	ck_assert((double)(clock() - start) / CLOCKS_PER_SEC < patience(2));
}
END_TEST

START_TEST(a_question_mark_counts_beyond_sixty_four_places)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) pattern = { 0 };
	AUTO_VALUE(Text) value = { 0 };
	SieveGlob *glob;
	size_t count;

	text_append_string(&pattern, "*x");
	text_append_string(&value, "xx");
	for (int i = 0; i < 150; i++) {
		text_append_char(&pattern, i % 3 ? 'a' : '?');
		text_append_char(&value, i % 3 ? 'a' : 'b');
	}
	text_append_string(&pattern, "y*");
	text_append_string(&value, "yz");
	glob = sieve_glob_new(text_slice(&pattern), arena);
	ck_assert(sieve_glob_match(glob, text_slice(&value), NULL, 0, &count));
	for (size_t i = 2; i < 152; i++) {
		/* The letters have to be there, wherever they stand; what "?" stands for may be anything. */
		bool letter = (i - 2) % 3;
		char old = value.data[i];

		value.data[i] = 'q';
		ck_assert(sieve_glob_match(glob, text_slice(&value), NULL, 0, &count) == !letter);
		value.data[i] = old;
	}
}
END_TEST

/* ---- in scripts: true when the plan is a discard ---- */

#define REQUIRE                                                                                            \
	"require [\"variables\", \"relational\", \"comparator-i;ascii-numeric\", \"comparator-i;octet\", " \
	"\"comparator-i;ascii-casemap\"];\n"
static const struct {
	const char *test;
	bool result;
} tests[] = {
	{ "string :matches \"\xc3\xa4\" \"??\"", true },
	{ "string :matches \"\xc3\xa4\" \"?\"", false },
	{ "string :matches \"ZZABC\" \"?abc*\"", false },
	{ "string :matches \"ZABC\" \"?abc*\"", true },
	{ "string :matches :comparator \"i;octet\" \"ZABC\" \"?abc*\"", false },
	{ "string :matches \"a*b\" \"A\\\\*B\"", true },
	{ "string :matches \"axb\" \"a\\\\*b\"", false },
	{ "string :matches \"a\\\\\" \"a\\\\\"", true },
	{ "string :contains \"hello world\" \"LO W\"", true },
	{ "string :contains \"hello\" \"\"", true },
	{ "string :contains \"\" \"\"", true },
	{ "string :contains \"aaab\" \"AAB\"", true },
	{ "string :is \"\" \"\"", true },
	{ "string :is \"a\" \"\"", false },
	{ "string :is \"a\" \" a\"", false }, /* nothing is trimmed */
	{ "string [\"a\", \"b\"] [\"c\", \"b\"]", true },
	{ "string \"[\" \"{\"", false }, /* 0x5b and 0x7b are no letters */
	{ "string \"@\" \"`\"", false },
	{ "string \"\xc3\x84\" \"\xc3\xa4\"", false },
	/* i;ascii-numeric */
	{ "string :comparator \"i;ascii-numeric\" \"0012xyz\" \"12\"", true },
	{ "string :comparator \"i;ascii-numeric\" \"12\" \"13\"", false },
	{ "string :comparator \"i;ascii-numeric\" \"\" \"abc\"", true }, /* both are infinity */
	{ "string :comparator \"i;ascii-numeric\" \"-5\" \"x\"", true },
	{ "string :comparator \"i;ascii-numeric\" \"-5\" \"5\"", false },
	{ "string :comparator \"i;ascii-numeric\" \"0\" \"000\"", true },
	{ "string :comparator \"i;ascii-numeric\" \" 5\" \"5\"", false },
	{ "string :value \"gt\" :comparator \"i;ascii-numeric\" \"-5\" \"99999999999999999999999999\"",
	  true },
	{ "string :comparator \"i;ascii-numeric\" \"1234567890123456789012345678901234567890\" "
	  "\"1234567890123456789012345678901234567890\"",
	  true },
	{ "string :comparator \"i;ascii-numeric\" \"1234567890123456789012345678901234567890\" "
	  "\"1234567890123456789012345678901234567891\"",
	  false },
};

START_TEST(a_comparison_is_true_or_false)
{
	AUTO_VALUE(Text) script = { 0 };

	text_printf(&script, REQUIRE "if %s { discard; }", tests[_i].test);
	sieve_told(text_string(&script), "Subject: x\n\n", tests[_i].result ? "discard [line 2]\n" : KEPT);
}
END_TEST

START_TEST(folding_changes_the_letters_a_to_z_and_nothing_else)
{
	char in[256 + 7], out[256 + 7];

	/* At all offsets, because it goes eight bytes at a time. */
	for (size_t skip = 0; skip < 8; skip++) {
		for (size_t i = 0; i < sizeof in; i++)
			in[i] = (char)(i - skip);
		ascii_fold(in, sizeof in - skip, out);
		for (size_t i = 0; i < sizeof in - skip; i++)
			ck_assert_int_eq(out[i], in[i] >= 'A' && in[i] <= 'Z' ? in[i] + 32 : in[i]);
	}
}
END_TEST

static void add(TCase *it)
{
	SIEVE_LOOP(it, a_pattern_matches_all_of_a_value_and_captures_as_little_as_it_can, globs);
	tcase_add_test(it, all_short_patterns_match_as_defined);
	SIEVE_LOOP(it, no_pattern_is_slow_on_a_megabyte, hostile);
	tcase_add_test(it, a_question_mark_counts_beyond_sixty_four_places);
	SIEVE_LOOP(it, a_comparison_is_true_or_false, tests);
	tcase_add_test(it, folding_changes_the_letters_a_to_z_and_nothing_else);
}

int main(void)
{
	return sieve_tests("sieve match", add);
}
