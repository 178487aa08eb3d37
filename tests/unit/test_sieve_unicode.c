/* test_sieve_unicode - the comparator i;unicode-casemap: is, contains, matches, value and regex
 * RFC 5051; RFC 5228, 2.7.1 */
#include <dlfcn.h>

#include "sieve/glob.h"
#include "sieve_truth.h"

static const MimeModule *mime;

static void open_module(void)
{
	char path[4096];
	const char *build = getenv("BUILD");
	void *module;

	snprintf(path, sizeof path, "%s/modules/mime.so", build ? build : "build");
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	ck_assert_msg(module != NULL, "%s", dlerror());
	mime = dlsym(module, MIME_MODULE_SYMBOL);
	ck_assert_ptr_nonnull(mime);
}

#define REQUIRE "\"comparator-i;unicode-casemap\", \"variables\", \"relational\", \"regex\""
#define U       ":comparator \"i;unicode-casemap\" "

static const struct {
	const char *test, *answer;
} truths[] = {
	{ "string " U "\"\xc3\xa4\" \"\xc3\x84\"", "true" },           /* ä, Ä */
	{ "string \"\xc3\xa4\" \"\xc3\x84\"", "false" },               /* not under i;ascii-casemap */
	{ "string " U "\"\xc3\xa4\" \"a\xcc\x88\"", "true" },          /* ä, a and diaeresis */
	{ "string " U "\"\xef\xac\x81n\" \"\xef\xac\x81N\"", "true" }, /* a ligature */
	{ "string " U "\"\xef\xac\x81n\" \"FIN\"", "false" }, /* title case comes first: it has none */
	{ "string " U "\"\xce\xa3\" \"\xcf\x82\"", "true" },  /* capital and final sigma */
	{ "string " U "\"\xd0\x96\" \"\xd0\xb6\"", "true" },  /* Cyrillic zhe */
	{ "string " U "\"strasse\" \"stra\xc3\x9f"
	  "e\"",
	  "false" }, /* RFC 5051 maps single characters */
	{ "string " U "\"a\" \"b\"", "false" },
	{ "string " U ":contains \"gr\xc3\xbc\xc3\x9f Gott\" \"GR\xc3\x9c\"", "true" },
	{ "string " U ":contains \"\xc3\xa4\" \"\"", "true" },
	{ "string " U ":contains \"abc\" \"d\"", "false" },
	{ "string " U ":matches \"\xc3\xa4\" \"?\"", "true" }, /* one character, two octets */
	{ "string " U ":matches \"\xc3\xa4\" \"??\"", "false" },
	{ "string :matches \"\xc3\xa4\" \"??\"", "true" }, /* octets under i;ascii-casemap */
	{ "string " U ":matches \"x\xc3\xa4y\" \"X?Y\"", "true" },
	{ "string " U ":matches \"x\xc3\xa4yz\" \"*\xc3\x84?Z\"", "true" },
	{ "string " U ":matches \"\xe2\x82\xac\xe2\x82\xac\" \"?\"", "false" },
	{ "string " U ":matches \"\xef\xbc\x8a\" \"\xef\xbc\x8a\"",
	  "true" }, /* a full-width star is no wildcard */
	{ "string " U ":matches \"abc\" \"\xef\xbc\x8a\"", "false" },
	{ "string " U ":matches \"a*c\" \"A\\\\*C\"", "true" },
	{ "string " U ":matches \"abc\" \"A\\\\*C\"", "false" },
	{ "string " U ":value \"lt\" \"a\" \"\xc3\x84\"", "true" },
	{ "string " U ":value \"eq\" \"\xc3\xa4\" \"\xc3\x84\"", "true" },
	{ "string " U ":regex \"\xc3\xa4x\" \"^\xc3\x84X$\"", "true" },
	{ "allof(string " U ":matches \"<\xc3\xa4\xef\xac\x81>z\" \"<?*>*\", string \"${1}|${2}|${3}\" "
	  "\"\xc3\xa4|\xef\xac\x81|z\")",
	  "true" },
	{ "allof(string " U ":matches \"a\xc3\xa4"
	  "b\xc3\xbc"
	  "c\" \"*?B*\", string \"${1}|${2}|${3}\" \"a|\xc3\xa4|\xc3\xbc"
	  "c\")",
	  "true" },
};
START_TEST(all_scripts_have_their_case)
{
	sieve_answers((SieveStory){ .message = "\n", .mime = mime }, REQUIRE, truths[_i].test,
		      truths[_i].answer);
}
END_TEST

START_TEST(it_has_to_be_required)
{
	sieve_told("if header :comparator \"i;unicode-casemap\" \"a\" \"b\" { }", "\n",
		   "1:23: 'i;unicode-casemap' needs require \"comparator-i;unicode-casemap\"\n");
}
END_TEST

/* The same by trying everything: characters are "a", "b" and the two octets "cd". */
static bool fits(const char *pattern, const char *value)
{
	if (!*pattern)
		return !*value;
	if (*pattern == '*')
		return fits(pattern + 1, value) || (*value && fits(pattern, value + (*value == 'c' ? 2 : 1)));
	if (*pattern == '?')
		return *value && fits(pattern + 1, value + (*value == 'c' ? 2 : 1));
	return *pattern == *value && fits(pattern + 1, value + 1);
}

static void random_text(size_t *random, const char *const *words, size_t count, char *out)
{
	size_t length = (*random = *random * 1103515245 + 12345) >> 16 & 7;

	*out = '\0';
	for (size_t i = 0; i < length; i++) {
		*random = *random * 1103515245 + 12345;
		strcat(out, words[(*random >> 16) % count]);
	}
}

START_TEST(wildcards_are_found_as_by_trying_everything)
{
	static const char *const letters[] = { "a", "b", "cd" };
	static const char *const patterns[] = { "a", "b", "cd", "?", "*", "?" };
	size_t random = 1, matched = 0;

	for (int i = 0; i < 200000; i++) {
		char pattern[32], value[32], starts[32];
		SieveGlobPart parts[16];
		size_t count;
		AUTO(Arena) arena = arena_new();
		bool found;

		random_text(&random, patterns, 6, pattern);
		random_text(&random, letters, 3, value);
		for (size_t k = 0; value[k]; k++)
			starts[k] = value[k] != 'd';
		found = sieve_glob_match_characters(sieve_glob_new(slice_of(pattern), arena), slice_of(value),
						    starts, parts, 16, &count);
		ck_assert_msg(found == fits(pattern, value), "'%s' and '%s'", pattern, value);
		matched += found;
	}
	ck_assert_uint_gt(matched, 10000);
}
END_TEST

static void add(TCase *tests)
{
	tcase_add_unchecked_fixture(tests, open_module, NULL);
	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, all_scripts_have_their_case, 0, sizeof truths / sizeof *truths);
	tcase_add_test(tests, it_has_to_be_required);
	tcase_add_test(tests, wildcards_are_found_as_by_trying_everything);
}

int main(void)
{
	return sieve_suite("sieve_unicode", add);
}
