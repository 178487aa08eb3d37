/* The words of a script: tokens, strings, numbers, comments (RFC 5228, section 2.3, 2.4 and 8.1). */
#include "sieve/lexer.h"
#include "sieve_helper.h"

#define MESSAGE "From: ann@example.org\nSubject: hello\n\nbody\n"

/* Shows the tokens of a source, one a line. */

static void report(void *self, SieveSpan span, const char *text, bool is_stray)
{
	text_printf(self, "! %u+%u line %u: %s%s\n", span.offset, span.length, span.line, text,
		    is_stray ? " (passed over)" : "");
}

static void show(Slice source, Text *out)
{
	AUTO(Arena) arena = arena_new();
	SieveLexer lexer = { .arena = arena, .report = report, .self = out };
	SieveToken token;

	sieve_lexer_start(&lexer, source);
	do {
		sieve_lexer_next(&lexer, &token);
		switch (token.kind) {
		case SIEVE_TOKEN_END:
			text_append_string(out, "end");
			break;
		case SIEVE_TOKEN_IDENTIFIER:
			text_printf(out, "%.*s", (int)token.text.length, token.text.data);
			break;
		case SIEVE_TOKEN_TAG:
			text_printf(out, ":%.*s", (int)token.text.length, token.text.data);
			break;
		case SIEVE_TOKEN_NUMBER:
			text_printf(out, "%llu", (unsigned long long)token.number);
			break;
		case SIEVE_TOKEN_STRING:
			text_append_char(out, '<');
			text_append_slice(out, token.text);
			text_append_string(out, token.dollar ? ">$" : ">");
			break;
		case SIEVE_TOKEN_PUNCTUATION:
			text_append_char(out, token.punctuation);
			break;
		}
		text_printf(out, " @%u", token.span.line);
		text_append_char(out, '\n');
	} while (token.kind != SIEVE_TOKEN_END);
}

static const struct {
	const char *source, *tokens;
} sources[] = {
	{ "", "end @1\n" },
	{ "keep;", "keep @1\n; @1\nend @1\n" },
	{ "a1_b :Tag 12\r\n\"x\"", "a1_b @1\n:Tag @1\n12 @1\n<x> @2\nend @2\n" },
	{ "[ ] { } ( ) , ;", "[ @1\n] @1\n{ @1\n} @1\n( @1\n) @1\n, @1\n; @1\nend @1\n" },
	{ "\xef\xbb\xbfkeep", "keep @1\nend @1\n" },
	/* comments: they do not nest, and the last line needs no end */
	{ "# one\nkeep # two", "keep @2\nend @2\n" },
	{ "/* a /* b */ keep /*\n*/ stop", "keep @1\nstop @2\nend @2\n" },
	{ "/*/ x */ keep", "keep @1\nend @1\n" },
	{ "/***/ keep", "keep @1\nend @1\n" },
	{ "keep /* x", "keep @1\n! 5+2 line 1: this comment has no end: '*/' is missing\nend @1\n" },
	{ "/*", "! 0+2 line 1: this comment has no end: '*/' is missing\nend @1\n" },
	{ "#\xff\x80\nkeep", "keep @2\nend @2\n" },
	/* quoted strings */
	{ "\"\\a\\\\\\\"\"", "<a\\\"> @1\nend @1\n" },
	{ "\"\"", "<> @1\nend @1\n" },
	{ "\"one\ntwo\" x", "<one\r\ntwo> @1\nx @2\nend @2\n" },
	{ "\"one\r\ntwo\" x", "<one\r\ntwo> @1\nx @2\nend @2\n" },
	{ "\"one\rtwo\"",
	  "! 4+1 line 1: a carriage return without a line feed in a string\n<one\rtwo> @1\nend @1\n" },
	{ "\"gr\xc3\xbc\xc3\x9f\"", "<gr\xc3\xbc\xc3\x9f> @1\nend @1\n" },
	{ "\"gr\xfc\"", "! 3+1 line 1: a byte that is not UTF-8 in a string\n<gr\xfc> @1\nend @1\n" },
	{ "\"open", "! 0+1 line 1: this string has no end: '\"' is missing\n<open> @1\nend @1\n" },
	{ "\"open\\", "! 0+1 line 1: this string has no end: '\"' is missing\n<open\\> @1\nend @1\n" },
	{ "\"${a}\"", "<${a}>$ @1\nend @1\n" },
	{ "\"\\${a}\" \"x\"", "<${a}>$ @1\n<x> @1\nend @1\n" },
	{ "\"# /* ; text:\"", "<# /* ; text:> @1\nend @1\n" },
	/* text: */
	{ "text:\none\n.\n;", "<one\r\n> @1\n; @4\nend @4\n" },
	{ "TEXT: # why\r\none\r\n.\r\n;", "<one\r\n> @1\n; @4\nend @4\n" },
	{ "text:\n.\n", "<> @1\nend @3\n" },
	{ "text:\n..\n..x\n.y\n. .\n...\n.\n", "<.\r\n.x\r\n.y\r\n. .\r\n..\r\n> @1\nend @8\n" },
	{ "text:\none\n.", "<one\r\n> @1\nend @3\n" },
	{ "text:\n\"\\q ${v}\n.\n", "<\"\\q ${v}\r\n>$ @1\nend @4\n" },
	{ "text:\none\n",
	  "! 0+5 line 1: this text has no end: a line with '.' alone is missing\n<one\r\n> @1\nend @3\n" },
	{ "text: x\none\n.\n",
	  "! 6+1 line 1: the text begins on the line after 'text:'\n<one\r\n> @1\nend @4\n" },
	{ "text", "text @1\nend @1\n" },
	/* numbers: 2^31 and 2^32 in all spellings, and what is too large is refused, not wrapped */
	{ "0 007 2147483648 2G 2g 4194304K 4194304k 4096M 4096m",
	  "0 @1\n7 @1\n2147483648 @1\n2147483648 @1\n2147483648 @1\n4294967296 @1\n4294967296 @1\n4294967296 "
	  "@1\n"
	  "4294967296 @1\nend @1\n" },
	{ "18446744073709551615", "18446744073709551615 @1\nend @1\n" },
	{ "18446744073709551616",
	  "! 0+20 line 1: this number is larger than 18446744073709551615\n0 @1\nend @1\n" },
	{ "17179869184G", "! 0+12 line 1: this number is larger than 18446744073709551615\n0 @1\nend @1\n" },
	{ "12x", "! 0+3 line 1: a number ends in a digit or in one of K, M and G, as 100K, which is 100 "
		 "times 1024\n12 @1\nend @1\n" },
	{ "12Kb", "! 0+4 line 1: a number ends in a digit or in one of K, M and G, as 100K, which is 100 "
		  "times 1024\n12288 @1\nend @1\n" },
	/* what means nothing is passed over once */
	{ "keep @ ;", "keep @1\n! 5+1 line 1: '@' means nothing here (passed over)\n; @1\nend @1\n" },
	{ "\xff\xfe\xfd;", "! 0+1 line 1: byte ff means nothing here (passed over)\n; @1\nend @1\n" },
	{ ":\"x\"", "! 0+1 line 1: a tag's name follows its ':' at once\n<x> @1\nend @1\n" },
	{ "keep;\n:0:\n* ^Subject\n", "keep @1\n; @1\n! 6+2 line 2: a recipe of procmail begins here, and is "
				      "not read: a rule of Sieve is 'if "
				      "TEST { COMMANDS }'\nend @2\n" },
	{ "keep :0", "keep @1\n! 5+1 line 1: a tag's name follows its ':' at once\n0 @1\nend @1\n" },
	{ ": x", "! 0+1 line 1: a tag's name follows its ':' at once: write ':x'\nx @1\nend @1\n" },
	{ "\xe2\x82\xac x", "! 0+3 line 1: '\xe2\x82\xac' means nothing here (passed over)\nx @1\nend @1\n" },
};

static void shows(Slice source, const char *tokens)
{
	AUTO_VALUE(Text) out = { 0 };

	show(source, &out);
	ck_assert_str_eq(text_string(&out), tokens);
}

START_TEST(a_source_is_these_tokens)
{
	/* Without a NUL behind it: nothing beyond the end may be looked at (ASan sees it). */
	auto_free char *copy = memory_copy_bytes(sources[_i].source, strlen(sources[_i].source));

	shows(slice(copy, strlen(sources[_i].source)), sources[_i].tokens);
}
END_TEST

START_TEST(every_prefix_of_a_script_ends)
{
	static const char script[] =
		"\xef\xbb\xbfif a :b [\"c\\\"\", \"d\"] { # e\n/* f */ text: #\n..g\r\n.\n; 5K }";

	for (size_t i = 0; i < sizeof script; i++) {
		auto_free char *copy = memory_copy_bytes(script, i);
		AUTO_VALUE(Text) out = { 0 };

		show(slice(copy, i), &out);
		ck_assert(out.length > 0);
	}
}
END_TEST

START_TEST(a_string_of_a_megabyte_costs_a_moment)
{
	static const char *const parts[] = { "\\a", "\\\"", "\n", "a", "\xc3\xbc", "$" };
	AUTO_VALUE(Text) source = { 0 };
	AUTO_VALUE(Text) out = { 0 };

	text_append_char(&source, '"');
	while (source.length < 1000 * 1000)
		text_append_string(&source, parts[_i]);
	text_append_char(&source, '"');
	show(text_slice(&source), &out);
	ck_assert(out.length > 400 * 1000);
}
END_TEST

START_TEST(a_nul_makes_it_no_script)
{
	SieveStory story = { .source = SLICE("keep;\n\"a\0b\"; keep;") };

	sieve_story_is(&story, "2:3: a NUL byte: this is no script\n");
}
END_TEST

START_TEST(a_script_may_be_a_megabyte_and_no_more)
{
	AUTO_VALUE(Text) source = { 0 };
	SieveStory story = { .message = MESSAGE };

	while (source.length < 1024 * 1024)
		text_append_string(&source, "#23456789ABCDE\r\n");
	story.source = text_slice(&source);
	sieve_story_is(&story, "keep in the inbox [implicit keep]\n");
	text_append_char(&source, '\n');
	story.source = text_slice(&source);
	sieve_story_is(&story, "1:1: the script is longer than 1048576 bytes (limit: script bytes)\n");
}
END_TEST

static void add(TCase *tests)
{
	SIEVE_LOOP(tests, a_source_is_these_tokens, sources);
	tcase_add_test(tests, every_prefix_of_a_script_ends);
	tcase_add_loop_test(tests, a_string_of_a_megabyte_costs_a_moment, 0, 6);
	tcase_add_test(tests, a_nul_makes_it_no_script);
	tcase_add_test(tests, a_script_may_be_a_megabyte_and_no_more);
}

int main(void)
{
	return sieve_tests("sieve lexer", add);
}
