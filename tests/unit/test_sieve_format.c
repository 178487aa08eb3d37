/* Laying scripts out: what it looks like, and what holds for every script (RFC 5228, 8.2). */
#include "sieve/format.h"

#include "sieve/lexer.h"
#include "sieve/warnings.h"
#include "sieve_helper.h"

#define LONG "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""

static const struct {
	const char *script, *laid_out;
} layouts[] = {
	{ "", "" },
	{ "# alone", "# alone\n" },
	{ "KEEP ;stop;", "keep;\nstop;\n" },
	{ "if TRUE{keep;}else{stop;}", "if true {\n\tkeep;\n} else {\n\tstop;\n}\n" },
	{ "if true { }", "if true {\n}\n" },
	/* strings as they were written */
	{ "redirect \"a\\b\";", "redirect \"a\\b\";\n" },
	{ "redirect text: # why\n..a\n  b\n.\n;keep;", "redirect text: # why\n..a\n  b\n.\n;\nkeep;\n" },
	{ "if size :over 10k {keep;}", "if size :over 10K {\n\tkeep;\n}\n" },
	/* blank lines */
	{ "\n\nkeep;\n\n\n\nstop;\n\n", "keep;\n\nstop;\n" },
	{ "require \"a\";require \"b\";keep;", "require \"a\";\nrequire \"b\";\n\nkeep;\n" },
	/* comments */
	{ "keep # why\n;", "keep; # why\n" },
	{ "keep; # why  \n", "keep; # why\n" },
	{ "keep; /* a\n  b */ stop;", "keep; /* a\n  b */\nstop;\n" },
	{ "/* a */ keep /* b */ ;", "/* a */ keep /* b */;\n" },
	{ "if false # rule:[x]\n{keep;}", "if false # rule:[x]\n{\n\tkeep;\n}\n" },
	{ "if true {keep;} # a\nelse {stop;}", "if true {\n\tkeep;\n} # a\nelse {\n\tstop;\n}\n" },
	{ "if true { # a\nkeep; # b\n# c\n}", "if true { # a\n\tkeep; # b\n\t# c\n}\n" },
	/* lists that are too long */
	{ "require [" LONG "," LONG "," LONG "];", "require [\n\t" LONG ",\n\t" LONG ",\n\t" LONG "\n];\n" },
	{ "require [\"a\" # one\n,# two\n\"b\"\n# three\n];",
	  "require [\n\t\"a\", # one\n\t# two\n\t\"b\"\n\t# three\n];\n" },
	{ "if anyof(true,not header [" LONG "] [" LONG "," LONG "]){}",
	  "if anyof (\n\ttrue,\n\tnot header [" LONG "] [\n\t\t" LONG ",\n\t\t" LONG "\n\t]\n) {\n}\n" },
	/* line ends, and the mark of UTF-8 */
	{ "keep;\nstop;\r\n", "keep;\r\nstop;\r\n" },
	{ "\xef\xbb\xbfkeep;", "\xef\xbb\xbfkeep;\n" },
};

static const char *lay_out(const char *script, Arena *arena)
{
	AUTO_VALUE(Text) out = { 0 };

	return sieve_format(slice_of(script), arena, &out) ? arena_copy_string(arena, text_string(&out))
							   : NULL;
}

START_TEST(a_script_is_laid_out)
{
	AUTO(Arena) arena = arena_new();
	const char *once = lay_out(layouts[_i].script, arena);

	ck_assert_ptr_nonnull(once);
	ck_assert_str_eq(once, layouts[_i].laid_out);
	ck_assert_str_eq(lay_out(once, arena), once);
}
END_TEST

static const char *const none[] = { "keep", "if true {", "keep; }", "require [\"a\"; ]",
				    "\"",   "/*",        "$",       "if (true] {}" };

START_TEST(what_is_no_script_is_not_laid_out)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) out = { 0 };

	ck_assert(!sieve_format(slice_of(none[_i]), arena, &out));
	ck_assert_uint_eq(out.length, 0);
}
END_TEST

/* ---- what holds for every script ---- */

typedef struct Writer {
	Text out;
	uint32_t seed;
	unsigned comments;
} Writer;

static unsigned roll(Writer *it, unsigned sides)
{
	it->seed = it->seed * 1664525 + 1013904223;
	return (it->seed >> 16) % sides;
}

static void gap(Writer *it)
{
	static const char *const gaps[] = { " ",         "\n",      "\n\n\n",      "\t",  " # c\n",
					    "\n# own\n", "/* b */", " /* b\n */ ", "\r\n" };
	unsigned which = roll(it, 30);

	if (which >= sizeof gaps / sizeof *gaps)
		which = 0;
	text_append_string(&it->out, gaps[which]);
}

static void word(Writer *it, const char *text)
{
	text_append_string(&it->out, text);
	gap(it);
}

static void list(Writer *it)
{
	unsigned count = roll(it, 6);

	if (!count) {
		word(it, roll(it, 5) ? "\"x y\"" : "text: # c\n..a\n.\n");
		return;
	}
	word(it, "[");
	for (unsigned i = 0; i < count; i++) {
		if (i)
			word(it, ",");
		word(it, roll(it, 3) ? "\"some string\"" : "\"\\\"q\n\"");
	}
	word(it, "]");
}

static void test(Writer *it, unsigned depth)
{
	if (depth && roll(it, 3) == 0) {
		unsigned count = 1 + roll(it, 3);

		word(it, roll(it, 2) ? "anyof" : "ALLOF");
		word(it, "(");
		for (unsigned i = 0; i < count; i++) {
			if (i)
				word(it, ",");
			test(it, depth - 1);
		}
		word(it, ")");
	} else if (roll(it, 4) == 0) {
		word(it, "size");
		word(it, ":over");
		word(it, "3k");
	} else {
		word(it, roll(it, 4) ? "header" : "not header");
		word(it, ":contains");
		list(it);
		list(it);
	}
}

static void commands(Writer *it, unsigned depth)
{
	for (unsigned i = roll(it, 5); i; i--) {
		if (depth && roll(it, 2)) {
			word(it, "if");
			test(it, 2);
			word(it, "{");
			commands(it, depth - 1);
			word(it, "}");
			if (roll(it, 2)) {
				word(it, "else");
				word(it, "{");
				commands(it, depth - 1);
				word(it, "}");
			}
		} else {
			word(it, roll(it, 2) ? "keep" : roll(it, 3) ? "Discard" : "stop");
			word(it, ";");
		}
	}
}

static void no_error(void *self, SieveSpan span, const char *text, bool is_stray)
{
	(void)self, (void)span, (void)is_stray;
	ck_abort_msg("%s", text);
}

/* The tokens, a line for each. */
static void tell_tokens(Slice source, Arena *arena, Text *out)
{
	SieveLexer lexer = { .arena = arena, .report = no_error };
	SieveToken token;

	sieve_lexer_start(&lexer, source);
	for (sieve_lexer_next(&lexer, &token); token.kind != SIEVE_TOKEN_END;
	     sieve_lexer_next(&lexer, &token)) {
		text_printf(out, "%d ", token.kind);
		if (token.kind == SIEVE_TOKEN_PUNCTUATION)
			text_append_char(out, token.punctuation);
		else if (token.kind == SIEVE_TOKEN_NUMBER)
			text_printf(out, "%llu", (unsigned long long)token.number);
		else if (token.kind == SIEVE_TOKEN_STRING)
			text_append_slice(out, token.text);
		else
			text_printf(out, "%08x", token.hash);
		text_append_char(out, '\n');
	}
}

static size_t count_of(const char *text, const char *what)
{
	size_t count = 0;

	while ((text = strstr(text, what))) {
		count++;
		text += strlen(what);
	}
	return count;
}

START_TEST(any_script_means_the_same_keeps_its_comments_and_stays_as_it_is)
{
	AUTO(Arena) arena = arena_new();
	Writer it = { .seed = (uint32_t)_i * 2654435761U + 1 };
	AUTO_VALUE(Text) before = { 0 };
	AUTO_VALUE(Text) after = { 0 };
	const char *source, *once;

	gap(&it);
	commands(&it, 1 + (unsigned)_i % 4);
	source = arena_copy_string(arena, text_string(&it.out));
	text_clear(&it.out);
	once = lay_out(source, arena);
	if (!once)
		ck_abort_msg("not laid out: %s", source);
	tell_tokens(slice_of(source), arena, &before);
	tell_tokens(slice_of(once), arena, &after);
	ck_assert_str_eq(text_string(&after), text_string(&before));
	ck_assert_uint_eq(count_of(once, "# own"), count_of(source, "# own"));
	ck_assert_uint_eq(count_of(once, "/* b"), count_of(source, "/* b"));
	ck_assert_str_eq(lay_out(once, arena), once);
}
END_TEST

START_TEST(any_script_is_looked_through_for_warnings)
{
	AUTO(Arena) arena = arena_new();
	Writer it = { .seed = (uint32_t)_i * 2654435761U + 7 };
	const SieveWarnSetup setup = { 0 };
	SieveFindings findings = { 0 };
	Failure why = { 0 };
	SieveScript *script;

	commands(&it, 6);
	script = sieve_compile("main", text_slice(&it.out), NULL, arena, &findings, &why);
	if (script)
		ck_assert(sieve_find_warnings(script, &setup, &findings, &why));
	for (size_t i = 0; i < findings.count; i++)
		ck_assert_ptr_nonnull(findings.items[i].name);
	text_clear(&it.out);
}
END_TEST

static void add(TCase *it)
{
	SIEVE_LOOP(it, a_script_is_laid_out, layouts);
	SIEVE_LOOP(it, what_is_no_script_is_not_laid_out, none);
	tcase_add_loop_test(it, any_script_means_the_same_keeps_its_comments_and_stays_as_it_is, 0, 500);
	tcase_add_loop_test(it, any_script_is_looked_through_for_warnings, 0, 300);
}

int main(void)
{
	return sieve_tests("sieve format", add);
}
