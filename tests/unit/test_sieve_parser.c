/* The grammar: what a script is made of, and how reading goes on after a mistake (RFC 5228, 8.2). */
#include "sieve_helper.h"

#define MESSAGE "From: ann@example.org\nSubject: hello\n\nbody\n"
#define KEPT    "keep in the inbox [implicit keep]\n"

static const struct {
	const char *script, *told;
} good[] = {
	{ "", KEPT },
	{ "# nothing but a comment", KEPT },
	{ "KEEP;", "keep in the inbox [line 1]\n" },
	{ "\r\n\r\nkeep;\r\n", "keep in the inbox [line 3]\n" },
	{ "if true { keep; }", "keep in the inbox [line 1]\n" },
	{ "IF TRUE { DISCARD; }", "discard [line 1]\n" },
	{ "if false { keep; } else { discard; }", "discard [line 1]\n" },
	{ "if false { keep; }\nelsif true\n{ discard; }\nelse { keep; }", "discard [line 3]\n" },
	{ "if false { keep; } elsif false { keep; } else { discard; }", "discard [line 1]\n" },
	{ "if true { } else { discard; }", KEPT },
	{ "if true { if false { keep; } else { discard; } }", "discard [line 1]\n" },
	{ "if not not true { discard; }", "discard [line 1]\n" },
	{ "if allof (true, anyof (false, true), not false) { discard; }", "discard [line 1]\n" },
	{ "if allof (true) { discard; }", "discard [line 1]\n" },
	{ "stop; discard;", KEPT },
	{ "if true { stop; } discard;", KEPT },
	{ "require []; # no: a list has something in it", "1:10: a list has strings in it, found ']'\n" },
	{ "require \"fileinto\"; require [\"fileinto\", \"copy\"]; require \"copy\"; fileinto :copy \"a\";",
	  "file into \"a\" [line 1]\n" KEPT },
	/* a tag may stand anywhere before the other arguments, in any case */
	{ "if header :Comparator \"i;octet\" :IS \"subject\" \"hello\" { discard; }", "discard [line 1]\n" },
	{ "if header :is :comparator \"i;octet\" \"subject\" \"hello\" { discard; }", "discard [line 1]\n" },
	{ "if header/**/:is/**/\"subject\"/**/[\"x\"/**/,\"hello\"]{discard;}", "discard [line 1]\n" },
};

START_TEST(a_script_does_what_it_says)
{
	sieve_told(good[_i].script, MESSAGE, good[_i].told);
}
END_TEST

static const struct {
	const char *script, *findings;
} bad[] = {
	{ "keep", "1:5: ';' is missing here\n" },
	{ "keep\nstop;", "1:5: ';' is missing here\n" },
	{ "keep }", "1:5: ';' is missing here\n1:6: this '}' closes nothing: there is no open '{'\n" },
	{ ";", "1:1: a command is wanted here, found ';'\n" },
	{ "keep;;", "1:6: a command is wanted here, found ';'\n" },
	{ "5;", "1:1: a command is wanted here, found a number\n" },
	{ ":x \"y\"; bogus;", "1:1: a command is wanted here, found ':x'\n1:9: unknown command 'bogus'\n" },
	{ "}", "1:1: this '}' closes nothing: there is no open '{'\n" },
	{ "if true { keep;", "1:9: this '{' is never closed\n" },
	{ "if true { if true { keep; }", "1:9: this '{' is never closed\n" },
	{ "if true { if true {", "1:19: this '{' is never closed\n1:9: this '{' is never closed\n" },
	{ "if true keep;", "1:9: a block in '{' and '}' is wanted here, found 'keep'\n" },
	{ "if true;", "1:8: a block in '{' and '}' is wanted here, found ';'\n" },
	{ "if { keep; }", "1:4: a test is wanted here, found '{'\n" },
	{ "if keep { }", "1:4: 'keep' is a command, and a test is wanted here\n" },
	{ "true;", "1:1: 'true' is a test, and a command is wanted here\n" },
	{ "if not (true) { }", "1:8: 'not' takes one test, not a list\n" },
	{ "if true (false) { }", "1:9: 'true' takes no tests\n" },
	{ "if anyof true { }", "1:10: a list of tests in parentheses is wanted here, found 'true'\n" },
	{ "if anyof () { }", "1:11: a test is wanted here, found ')'\n" },
	{ "if anyof (true false) { }",
	  "1:16: ',' or ')' is wanted behind a test of a list, found 'false'\n" },
	{ "if anyof (true, { }", "1:17: a test is wanted here, found '{'\n" },
	{ "keep { stop; }", "1:6: 'keep' takes no block; ';' is wanted\n" },
	{ "else { keep; }", "1:1: 'else' has no 'if' before it\n" },
	{ "if true { } keep; elsif true { }", "1:19: 'elsif' has no 'if' before it\n" },
	{ "if true { } else { } else { }", "1:22: 'else' has no 'if' before it\n" },
	{ "iff true { } else { }", "1:1: unknown command 'iff'\n" },
	{ "redirect [\"a@example.org\" \"b@example.org\"];",
	  "1:27: ',' or ']' is wanted behind a string of a list, found a string\n" },
	{ "redirect [\"a@example.org\", 5];", "1:28: a list has strings in it, found a number\n" },
	/* one mistake does not hide the next */
	{ "keep 1; stop 2; discard 3;", "1:6: 'keep' takes no arguments\n1:14: 'stop' takes no "
					"arguments\n1:25: 'discard' takes no arguments\n" },
	{ "if anyof (true, ( { kep; } stp;", "1:17: a test is wanted here, found '('\n1:21: unknown command "
					     "'kep'\n1:28: unknown command 'stp'\n" },
	{ "if header [\"a\" { kep; } else { stp; }",
	  "1:16: ',' or ']' is wanted behind a string of a list, found '{'\n1:18: unknown command 'kep'\n"
	  "1:32: unknown command 'stp'\n" },
};

START_TEST(a_mistake_is_found_at_its_place_and_reading_goes_on)
{
	sieve_told(bad[_i].script, MESSAGE, bad[_i].findings);
}
END_TEST

static void repeat(Text *text, const char *part, size_t times)
{
	while (times--)
		text_append_string(text, part);
}

/* One more than the limit is refused; ever so many more are no danger to the stack. */
static const struct {
	const char *open, *middle, *close;
	size_t depth;
	const char *told;
} nested[] = {
	{ "if true {", "discard;", "}", 32, "discard [line 1]\n" },
	{ "if true {", "discard;", "}", 33, "1:297: blocks are nested more than 32 deep (limit: nesting)\n" },
	{ "if true {", "discard;", "}", 50000,
	  "1:297: blocks are nested more than 32 deep (limit: nesting)\n" },
	{ "not ", "true", "", 31, NULL },
	{ "not ", "true", "", 32, "1:132: tests are nested more than 32 deep (limit: nesting)\n" },
	{ "anyof(", "true", ")", 31, NULL },
	{ "anyof(", "true", ")", 100000, "1:196: tests are nested more than 32 deep (limit: nesting)\n" },
};

START_TEST(nesting_has_a_limit)
{
	AUTO_VALUE(Text) script = { 0 };
	bool tests = strncmp(nested[_i].open, "if", 2) != 0;
	SieveStory story = { .message = MESSAGE };

	text_append_string(&script, tests ? "if " : "");
	repeat(&script, nested[_i].open, nested[_i].depth);
	text_append_string(&script, nested[_i].middle);
	repeat(&script, nested[_i].close, nested[_i].depth);
	text_append_string(&script, tests ? " { discard; } else { discard; }" : "");
	story.source = text_slice(&script);
	sieve_story_is(&story, nested[_i].told ? nested[_i].told : "discard [line 1]\n");
}
END_TEST

START_TEST(five_thousand_rules_and_as_many_elsifs_are_fine)
{
	AUTO_VALUE(Text) script = { 0 };
	SieveStory story = { .message = MESSAGE };

	text_append_string(&script, "if false { stop; }\n");
	for (int i = 0; i < 5000; i++)
		text_printf(&script, "elsif header :contains \"subject\" \"word-%d\" { stop; }\n", i);
	for (int i = 0; i < 5000; i++)
		text_printf(&script, "if header :contains \"subject\" \"word-%d\" { stop; }\n", i);
	text_append_string(&script, "discard;");
	story.source = text_slice(&script);
	sieve_story_is(&story, "discard [line 10002]\n");
}
END_TEST

static void add(TCase *tests)
{
	SIEVE_LOOP(tests, a_script_does_what_it_says, good);
	SIEVE_LOOP(tests, a_mistake_is_found_at_its_place_and_reading_goes_on, bad);
	SIEVE_LOOP(tests, nesting_has_a_limit, nested);
	tcase_add_test(tests, five_thousand_rules_and_as_many_elsifs_are_fine);
}

int main(void)
{
	return sieve_tests("sieve parser", add);
}
