/* POSIX patterns in PCRE2's words: what matches, what is refused, what is known beforehand. */
#include "sieve/ere.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <check.h>
#include <pcre2.h>
#include <regex.h>
#include <stdlib.h>

/* Matches and gives ${1}; NULL: no match; "" too when there is no group. */
static char *match(const char *pattern, unsigned flags, const char *subject)
{
	AUTO_VALUE(Text) out = { 0 };
	EreInfo info;
	EreError error = { 0 };
	int code;
	PCRE2_SIZE offset;
	pcre2_code *compiled;
	pcre2_match_data *data;
	char *result = NULL;

	ck_assert_msg(ere_translate(slice_of(pattern), flags, &out, &info, &error), "%s: %s", pattern,
		      error.text);
	compiled = pcre2_compile((PCRE2_SPTR)text_string(&out), out.length,
				 (flags & ERE_ASCII ? 0 : PCRE2_UTF) |
					 (flags & ERE_FOLD && flags & ERE_ASCII ? PCRE2_CASELESS : 0) |
					 PCRE2_DOLLAR_ENDONLY,
				 &code, &offset, NULL);
	ck_assert_msg(compiled != NULL, "%s became %s, which PCRE2 refuses", pattern, text_string(&out));
	data = pcre2_match_data_create_from_pattern(compiled, NULL);
	code = pcre2_match(compiled, (PCRE2_SPTR)subject, strlen(subject), 0, 0, data, NULL);
	if (code > 0) {
		PCRE2_SIZE *ends = pcre2_get_ovector_pointer(data);

		result = code > 1 ? strndup(subject + ends[2], ends[3] - ends[2]) : strdup("");
	}
	pcre2_match_data_free(data);
	pcre2_code_free(compiled);
	return result;
}

/* Where POSIX and PCRE2 agree on what is captured, so does the C library. */
static const struct {
	const char *pattern, *subject;
} posix[] = {
	{ "abc", "xabcx" },
	{ "a.c", "abc" },
	{ "^ab", "cab" },
	{ "ab$", "ab" },
	{ "a|b", "b" },
	{ "(a|b)+c", "ababc" },
	{ "(foo)?bar", "bar" },
	{ "x(a{2,3})", "xaaaa" },
	{ "x(a{2})$", "xaaa" },
	{ "x(a{2,})", "xa" },
	{ "x(a{,2})", "xaaaa" },
	{ "x(a{0})y", "xy" },
	{ "[[:digit:]]+", "abc123" },
	{ "([[:alpha:]]+)@([[:alnum:].]+)", "joe@example.org" },
	{ "[]a]+", "]" },
	{ "[^]a]", "]" },
	{ "[a\\]b]", "\\b]" },
	{ "[a\\]+", "\\" },
	{ "[[.-.]]", "-" },
	{ "[[=a=]]", "a" },
	{ "[a-c-]+", "-" },
	{ "[--/]", "." },
	{ "[[:upper:][:digit:]]", "q7" },
	{ "a([[:blank:]]+)b", "a \tb" },
	{ "a([[:cntrl:]]+)b", "a\x01\x7f\tb" },
	{ "([[:print:]]+)$", "\x7f a~" },
	{ "x([[:xdigit:]]+)g", "xfF09g" },
	{ "[^[:lower:]]+$", "ABC" },
	{ "\\.com$", "x.com" },
	{ "\\.com$", "xcom" },
	{ "a\\{2", "a{2" },
	{ "a\\*b", "a*b" },
	{ "()b", "b" },
	{ "(|a)b", "ab" },
	{ "a**", "aaa" },
	{ "x(a+)*y", "xaay" },
	{ "xa+?y", "xy" },
	{ "xa?+y", "xaaay" },
	{ "xa+?y", "xaay" },
	{ "\\<word\\>", "a word here" },
	{ "\\<word\\>", "swords" },
	{ "(.)\\1", "abccd" },
	{ "a]b}c", "a]b}c" },
	{ "a-b,c=d!e<f>g:h#i", "a-b,c=d!e<f>g:h#i" },
	{ "me(\\+.*)?@company\\.com", "me+lists@company.com" },
	{ "me(\\+.*)?@company\\.com", "you@company.com" },
	{ "((((a))))", "a" },
	{ "\\w+ \\W", "ab !" },
	{ "a\\sb", "a\tb" },
	{ "^$", "" },
	{ "^$", "a" },
};
START_TEST(posix_patterns_match_as_in_the_c_library)
{
	for (unsigned flags = 0; flags < 4; flags++) {
		regex_t compiled;
		regmatch_t ends[2];
		const char *subject = posix[_i].subject;
		char *ours = match(posix[_i].pattern, flags, subject);
		int theirs;

		ck_assert_int_eq(regcomp(&compiled, posix[_i].pattern,
					 REG_EXTENDED | (flags & ERE_FOLD ? REG_ICASE : 0)),
				 0);
		theirs = regexec(&compiled, subject, 2, ends, 0);
		ck_assert_msg((ours != NULL) == (theirs == 0), "%s on %s, flags %u: %s", posix[_i].pattern,
			      subject, flags, ours ? ours : "no match");
		if (ours && compiled.re_nsub && ends[1].rm_so >= 0)
			ck_assert_mem_eq(ours, subject + ends[1].rm_so,
					 (size_t)(ends[1].rm_eo - ends[1].rm_so));
		regfree(&compiled);
		free(ours);
	}
}
END_TEST

static const struct {
	const char *pattern;
	unsigned flags;
	const char *subject, *group; /* NULL: no match */
} beyond[] = {
	{ "(\\d+)", 0, "abc42", "42" },
	{ "([\\d.]+)", 0, "v1.2", "1.2" },
	{ "([\\w-]+)@", 0, "a-b_c@", "a-b_c" },
	{ "([^\\s]+)", 0, "  xy ", "xy" },
	{ "([\\D]+)", 0, "12\xc3\xa4x3", "\xc3\xa4x" },
	{ "(hello)", ERE_FOLD, "HeLLo", "HeLLo" },
	{ "(hello)", ERE_FOLD | ERE_ASCII, "HeLLo", "HeLLo" },
	{ "(hello)", 0, "HeLLo", NULL },
	{ "([a-c]+)", ERE_FOLD, "xABCd", "ABC" },
	{ "([[:lower:]]+)", ERE_FOLD, "ABC", "ABC" },
	{ "(a)\\1", ERE_FOLD, "xaA", "a" },
	/* Only A-Z fold, as in i;ascii-casemap: no other letter, no long s, no Kelvin sign. */
	{ "(\xc3\xa4)", ERE_FOLD, "\xc3\x84", NULL },
	{ "(s)", ERE_FOLD, "\xc5\xbf", NULL },
	{ "(k)", ERE_FOLD, "\xe2\x84\xaa", NULL },
	/* A character is one, however many bytes it takes. */
	{ "^(.)$", 0, "\xc3\xa4", "\xc3\xa4" },
	{ "x(\xc3\xa4+)", 0, "x\xc3\xa4\xc3\xa4", "\xc3\xa4\xc3\xa4" },
	{ "([\xc3\xa0-\xc3\xbf]+)", 0, "a\xc3\xa4\xc3\xb6z", "\xc3\xa4\xc3\xb6" },
	{ "([^\xc3\xa4]+)", 0, "\xc3\xa4\xc3\xb6", "\xc3\xb6" },
	{ "(a)$", 0, "a\n", NULL },
	{ "([[.hyphen.]a])", 0, "-", "-" },
	{ "(ab)(cd)\\2", 0, "abcdcd", "ab" },
	/* A sign that repeats nothing is as if it were not there. */
	{ "*(@example\\.com)", 0, "x@example.com", "@example.com" },
	{ "^*(ab)", 0, "ab", "ab" },
	{ "(*a)b", 0, "ab", "a" },
	{ "a|*(b)", 0, "b", "b" },
};
START_TEST(patterns_beyond_posix_mean_what_people_expect)
{
	char *ours = match(beyond[_i].pattern, beyond[_i].flags, beyond[_i].subject);

	if (beyond[_i].group)
		ck_assert_str_eq(ours ? ours : "(no match)", beyond[_i].group);
	else
		ck_assert_ptr_null(ours);
	free(ours);
}
END_TEST

static const struct {
	const char *pattern;
	size_t offset;
} broken[] = {
	{ "(a", 2 },        { "a)", 1 },          { "[a", 2 - 2 }, { "a[]", 1 },
	{ "[[:alpha]", 1 }, { "[[:lettr:]]", 1 }, { "[z-a]", 1 },  { "[[.nix.]]", 1 },
	{ "a{2,1}", 1 },    { "a{x}", 1 },        { "a{", 1 },     { "a{1", 1 },
	{ "a{1001}", 1 },   { "{2}", 0 },         { "a\\", 1 },    { "(?i)a", 0 },
	{ "a(?:b)", 1 },    { "(a)\\2", 3 },      { "(a\\1)", 2 }, { "\\1", 0 },
	{ "\\Qa\\E", 0 },   { "a{2}{3}", 4 },     { "a{2}*", 4 },  { "[a-[:digit:]]", 1 },
	{ "\\x41", 0 },     { "[\xff]", 1 },
};
START_TEST(broken_patterns_are_refused_where_they_break)
{
	EreInfo info;
	EreError error = { 0 };

	ck_assert_msg(!ere_translate(slice_of(broken[_i].pattern), 0, NULL, &info, &error), "%s",
		      broken[_i].pattern);
	ck_assert_ptr_nonnull(error.text);
	if (strcmp(broken[_i].pattern, "[a") != 0 && strcmp(broken[_i].pattern, "a[]") != 0)
		ck_assert_msg(error.offset == broken[_i].offset, "%s: %zu", broken[_i].pattern, error.offset);
}
END_TEST

static const struct {
	const char *pattern, *literals; /* joined by | */
} known[] = {
	{ "robot-17[0-9]+@(mail|corp)\\.example\\.com", "robot-17|@|.example.com" },
	{ "Hello", "hello" },
	{ "ab?c", "a|c" },
	{ "ab+c", "ab|c" },
	{ "ab{0,3}c", "a|c" },
	{ "ab+?c", "a|c" },
	{ "ab?+c", "a|c" },
	{ "ab{2}c", "ab|c" },
	{ "abc|abd", "" },
	{ "(abc)", "" },
	{ "(a|b)c", "c" },
	{ "x\xc3\xa4?y", "x|y" },
	{ "^a$", "a" },
	{ "a*", "" },
	{ "a.b.c.d.e.f", "a|b|c|d" },
	{ "a\\<b", "a|b" },
};
START_TEST(the_literals_of_every_match_are_found)
{
	EreInfo info;
	EreError error;
	AUTO_VALUE(Text) all = { 0 };

	ck_assert(ere_translate(slice_of(known[_i].pattern), ERE_FOLD, NULL, &info, &error));
	for (size_t i = 0; i < info.literal_count; i++) {
		if (i)
			text_append_char(&all, '|');
		text_append_slice(&all, ere_literal(&info, i));
	}
	ck_assert_str_eq(text_string(&all), known[_i].literals);
}
END_TEST

START_TEST(a_long_pattern_keeps_only_the_literals_that_have_room)
{
	EreInfo info;
	EreError error;
	AUTO_VALUE(Text) pattern = { 0 };

	for (int i = 0; i < 500; i++)
		text_append_char(&pattern, 'a');
	ck_assert(ere_translate(text_slice(&pattern), 0, NULL, &info, &error));
	ck_assert_uint_eq(info.literal_count, 1);
	ck_assert_uint_eq(info.literals[0].length, ERE_LITERAL_BYTES);
	ck_assert(ere_may_match(&info, text_slice(&pattern)));
}
END_TEST

START_TEST(a_subject_that_lacks_a_literal_cannot_match)
{
	EreInfo info;
	EreError error;

	ck_assert(ere_translate(SLICE("aab.*bc"), 0, NULL, &info, &error));
	ck_assert(ere_may_match(&info, SLICE("xaaabxbc")));
	ck_assert(!ere_may_match(&info, SLICE("xaaabc"))); /* the b is needed twice */
	ck_assert(!ere_may_match(&info, SLICE("bcaab")));
	ck_assert(!ere_may_match(&info, SLICE("")));
	ck_assert(!ere_may_match(&info, SLICE("aa")));
}
END_TEST

START_TEST(a_leading_star_is_worth_a_warning)
{
	EreInfo info;
	EreError error;

	ck_assert(ere_translate(SLICE("*@example.com"), 0, NULL, &info, &error));
	ck_assert(info.repeats_nothing);
	ck_assert(ere_translate(SLICE(".*@example.com"), 0, NULL, &info, &error));
	ck_assert(!info.repeats_nothing);
}
END_TEST

START_TEST(groups_nest_only_so_far)
{
	AUTO_VALUE(Text) pattern = { 0 };
	EreInfo info;
	EreError error;

	for (int i = 0; i < 200; i++)
		text_append_char(&pattern, '(');
	for (int i = 0; i < 200; i++)
		text_append_char(&pattern, ')');
	ck_assert(ere_translate(text_slice(&pattern), 0, NULL, &info, &error));
	ck_assert_uint_eq(info.groups, 200);
	free(match(text_string(&pattern), 0, ""));
	text_reset(&pattern);
	for (int i = 0; i < 100000; i++)
		text_append_char(&pattern, '(');
	ck_assert(!ere_translate(text_slice(&pattern), 0, NULL, &info, &error));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ere");
	TCase *tests = tcase_create("ere");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, posix_patterns_match_as_in_the_c_library, 0, sizeof posix / sizeof *posix);
	tcase_add_loop_test(tests, patterns_beyond_posix_mean_what_people_expect, 0,
			    sizeof beyond / sizeof *beyond);
	tcase_add_loop_test(tests, broken_patterns_are_refused_where_they_break, 0,
			    sizeof broken / sizeof *broken);
	tcase_add_loop_test(tests, the_literals_of_every_match_are_found, 0, sizeof known / sizeof *known);
	tcase_add_test(tests, a_long_pattern_keeps_only_the_literals_that_have_room);
	tcase_add_test(tests, a_subject_that_lacks_a_literal_cannot_match);
	tcase_add_test(tests, a_leading_star_is_worth_a_warning);
	tcase_add_test(tests, groups_nest_only_so_far);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
