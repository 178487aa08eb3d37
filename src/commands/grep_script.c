/* grep_script - a script of a test, with the requires that the test needs */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "commands/grep.h"
#include "sieve/sieve.h"

#define IF "if\n"

enum {
	ROUNDS = 50 /* each requires one extension at least */
};

static const char *setting(void *self, const char *name)
{
	(void)self;
	(void)name;
	return NULL;
}

static SieveLoad load(void *self, SievePlace place, const char *name, Text *source, Failure *why)
{
	(void)self;
	(void)place;
	(void)name;
	(void)source;
	(void)why;
	return SIEVE_ABSENT;
}

/* Mends what is missing; a word that may be wrong is for the person who typed it. */
static void keep_insertions(SieveFindings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		SieveFinding *finding = &findings->items[i];

		for (size_t j = 0; j < finding->change_count; j++)
			if (finding->changes[j].length != 0) {
				finding->change_count = 0;
				break;
			}
	}
}

static uint32_t lines_of(Slice text)
{
	uint32_t lines = 0;

	for (size_t i = 0; i < text.length; i++)
		lines += text.data[i] == '\n';
	return lines;
}

/* How many lines stand in front of what was typed: those that require, and "if". */
static uint32_t lines_before(Slice source)
{
	const char *begin = memmem(source.data, source.length, IF, strlen(IF));

	return 1 + (begin ? lines_of(slice(source.data, (size_t)(begin - source.data))) : 0);
}

/* What is wrong with the line behind the test, which nobody typed, is that something is missing before it. */
static void print_findings(const SieveFindings *findings, Slice source)
{
	const uint32_t before = lines_before(source), lines = lines_of(source) - 1 - before;
	AUTO_VALUE(Text) out = { 0 };

	for (size_t i = 0; i < findings->count; i++) {
		SieveFinding *finding = &findings->items[i];

		finding->line -= finding->line > before ? before : 0;
		if (finding->severity == SIEVE_ERROR && finding->line <= lines)
			sieve_finding_print(finding, &out);
	}
	if (!out.length)
		text_printf(&out, "TEST:%u: error: something is missing at the end of the test\n", lines);
	fputs(text_string(&out), stderr);
	fputs("A test is one of Sieve, as 'header :contains \"subject\" \"invoice\"'; see trommel help "
	      "grep\n",
	      stderr);
}

/* One round.  True: it is done, well or not. */
static bool compile(const Config *config, Text *source, Failure *why)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) mended = { 0 };
	SieveFindings findings = { 0 };
	const SieveSetup setup = { .load = load,
				   .setting = setting,
				   .recipient_delimiter = config->recipient_delimiter,
				   .strict_check = true };

	if (sieve_compile("TEST", text_slice(source), &setup, arena, &findings, why) ||
	    why->kind != FAILURE_NONE)
		return true;
	keep_insertions(&findings);
	if (!sieve_mend(text_slice(source), "TEST", &findings, &mended)) {
		print_findings(&findings, text_slice(source));
		text_reset(source);
		return true;
	}
	text_reset(source);
	text_append_slice(source, text_slice(&mended));
	return false;
}

/* The test has lines of its own, so that a comment in it ends, and carets are under its words. */
bool grep_script(const char *test, const Config *config, Text *source, Failure *why)
{
	bool done = false;

	text_printf(source, IF "%s\n{ keep; } else { discard; }\n", test);
	for (unsigned round = 0; round < ROUNDS && !done; round++)
		done = compile(config, source, why);
	return done && source->length > 0 && why->kind == FAILURE_NONE;
}
