/* How findings are shown: file:line:column, the line, a caret, a suggestion. */
#include "sieve_helper.h"

static const struct {
	const char *script, *printed;
} printed[] = {
	{ "kepe;", "main:1:1: error: unknown command 'kepe'\n    kepe;\n    ^~~~ did you mean 'keep'?\n" },
	{ "if true {\n\tkeep 5;\n}\n",
	  "main:2:7: error: 'keep' takes no arguments\n    \tkeep 5;\n    \t     ^\n" },
	{ "keep;\r\nstop \"x\";\r\n",
	  "main:2:6: error: 'stop' takes no arguments\n    stop \"x\";\n         ^~~\n" },
	/* columns and carets count characters */
	{ "if header \"\xc3\xa4\xc3\xb6\" \"x\" { stop \"\xe2\x82\xac\"; }",
	  "main:1:11: warning: no header field can have this name, so the test is always false "
	  "[always-false]\n"
	  "    if header \"\xc3\xa4\xc3\xb6\" \"x\" { stop \"\xe2\x82\xac\"; }\n"
	  "              ^~~~\n"
	  "main:1:27: error: 'stop' takes no arguments\n"
	  "    if header \"\xc3\xa4\xc3\xb6\" \"x\" { stop \"\xe2\x82\xac\"; }\n"
	  "                              ^~~\n" },
	/* a span over more than one line ends with the first */
	{ "keep [\"a\",\n\"b\"];",
	  "main:1:6: error: 'keep' takes no arguments\n    keep [\"a\",\n         ^\n" },
	{ "keep [\"a\", \"b\"];",
	  "main:1:6: error: 'keep' takes no arguments\n    keep [\"a\", \"b\"];\n         ^~~~~~~~~~\n" },
	{ "stop text:\nlong\n.\n;",
	  "main:1:6: error: 'stop' takes no arguments\n    stop text:\n         ^~~~~\n" },
	/* no script clears the screen of who looks at it */
	{ "stop \"\x1b[2J\";",
	  "main:1:6: error: 'stop' takes no arguments\n    stop \"?[2J\";\n         ^~~~~~\n" },
	/* at the end of the script */
	{ "keep", "main:1:5: error: ';' is missing here\n    keep\n        ^\n" },
	{ "if true\n", "main:1:8: error: a block in '{' and '}' is wanted here, found the end of the "
		       "script\n    if true\n           ^\n" },
	{ "if header :is\n\n",
	  "main:1:14: error: 'header' wants header-names (a list of strings) here, found "
	  "the end of the script\n"
	  "    if header :is\n                 ^\n"
	  "main:1:14: error: a block in '{' and '}' is wanted here, found the end of the "
	  "script\n    if header :is\n                 ^\n" },
};

static void print_all(const SieveFindings *findings, Text *out)
{
	for (size_t i = 0; i < findings->count; i++)
		sieve_finding_print(&findings->items[i], out);
}

START_TEST(a_finding_is_printed_with_its_line_and_a_caret)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) out = { 0 };
	SieveFindings findings = { 0 };
	Failure why = { 0 };

	sieve_compile("main", slice_of(printed[_i].script), NULL, arena, &findings, &why);
	print_all(&findings, &out);
	ck_assert_str_eq(text_string(&out), printed[_i].printed);
}
END_TEST

START_TEST(a_line_of_a_megabyte_is_shown_in_part)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) script = { 0 };
	AUTO_VALUE(Text) out = { 0 };
	SieveFindings findings = { 0 };
	Failure why = { 0 };

	while (script.length < 500000)
		text_append_string(&script, "keep 5;");
	sieve_compile("main", text_slice(&script), NULL, arena, &findings, &why);
	print_all(&findings, &out);
	ck_assert_uint_eq(findings.errors, script.length / 7);
	ck_assert_uint_lt(out.length, 100 * 2200);
}
END_TEST

/* Findings are plain data, which other programs may want. */
START_TEST(a_finding_says_where_and_how_long_it_is)
{
	AUTO(Arena) arena = arena_new();
	SieveFindings findings = { 0 };
	Failure why = { 0 };

	ck_assert_ptr_null(sieve_compile("dir/my.sieve", SLICE("# \xc3\xa4\n keep :cpoy;\n"), NULL, arena,
					 &findings, &why));
	ck_assert_uint_eq(findings.count, 1);
	ck_assert_uint_eq(findings.errors, 1);
	ck_assert_str_eq(findings.items[0].file, "dir/my.sieve");
	ck_assert_uint_eq(findings.items[0].line, 2);
	ck_assert_uint_eq(findings.items[0].column, 7);
	ck_assert_uint_eq(findings.items[0].length, 5);
	ck_assert_str_eq(findings.items[0].text, "'keep' has no ':cpoy'");
	ck_assert(slice_equal(findings.items[0].source_line, SLICE(" keep :cpoy;")));
}
END_TEST

/* Random bytes and broken scripts: always an answer, never a crash (ASan looks on). */
START_TEST(no_bytes_crash_the_compiler)
{
	static const char *const pieces[] = {
		"if ",
		"elsif ",
		"else ",
		"require ",
		"\"variables\"",
		"\"include\"",
		"\"ihave\"",
		"set ",
		"\"a\" ",
		"\"${a}\" ",
		"header ",
		":is ",
		":matches ",
		":comparator ",
		"\"i;octet\" ",
		"[",
		"]",
		"(",
		")",
		"{",
		"}",
		",",
		";",
		"5K ",
		"text:\n",
		".\n",
		"/*",
		"*/",
		"#",
		"\n",
		"anyof ",
		"not ",
		"true ",
		"include ",
		"\"b\" ",
		":count ",
		"\"eq\" ",
		"fileinto ",
		"keep",
		"redirect ",
		"\xff",
		"\"",
		"\\",
		"${",
		"global ",
		":lower ",
		"ihave ",
		"error ",
		"wibble ",
	};
	uint32_t seed = (uint32_t)_i * 2654435761U + 1;
	AUTO_VALUE(Text) script = { 0 };
	AUTO_VALUE(Text) out = { 0 };
	AUTO(Arena) arena = arena_new();
	SieveFindings findings = { 0 };
	SieveSetup setup = { .strict_check = true };
	Failure why = { 0 };

	text_append_string(
		&script, _i % 2 ? "require [\"variables\", \"include\", \"relational\", \"fileinto\"];" : "");
	for (int i = 0; i < 200; i++) {
		seed = seed * 1664525 + 1013904223;
		text_append_string(&script, pieces[(seed >> 16) % (sizeof pieces / sizeof *pieces)]);
	}
	sieve_compile("main", text_slice(&script), &setup, arena, &findings, &why);
	print_all(&findings, &out);
}
END_TEST

static void add(TCase *it)
{
	SIEVE_LOOP(it, a_finding_is_printed_with_its_line_and_a_caret, printed);
	tcase_add_test(it, a_line_of_a_megabyte_is_shown_in_part);
	tcase_add_test(it, a_finding_says_where_and_how_long_it_is);
	tcase_add_loop_test(it, no_bytes_crash_the_compiler, 0, 400);
}

int main(void)
{
	return sieve_tests("sieve diagnostics", add);
}
