/* Any bytes compile, or are told why not: every finding lies within the text and can be shown to people. */
#include "fuzz.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "sieve/lexer.h"
#include "sieve/limits.h"
#include "sieve/sieve.h"

/* What stands between the two line ends around the line `line`; a byte order mark is none of it. */
static Slice line_of(Slice source, uint32_t line)
{
	const char *end;

	source = slice_from(source, sieve_mark_length(source));
	for (; line > 1; line--) {
		end = memchr(source.data, '\n', source.length);
		LAW(end != NULL, "the text has no line %u", line);
		source = slice_from(source, (size_t)(end - source.data) + 1);
	}
	end = memchr(source.data, '\n', source.length);
	return slice(source.data, end ? (size_t)(end - source.data) : source.length);
}

static void look_at_text(const char *text)
{
	LAW(*text && utf8_valid(slice_of(text)), "'%s'", text);
	for (; *text; text++)
		LAW(!ascii_is_control(*text));
}

static void look_at_finding(const SieveFinding *finding, Slice source)
{
	AUTO_VALUE(Text) printed = { 0 };
	Slice line = line_of(source, finding->line);

	LAW(finding->line >= 1 && finding->column >= 1 && finding->length >= 1);
	LAW(finding->column <= utf8_length(line) + 1, "column %u", finding->column);
	LAW(finding->source_line.data == line.data && finding->source_line.length <= line.length);
	look_at_text(finding->text);
	if (finding->suggestion)
		look_at_text(finding->suggestion);
	sieve_finding_print(finding, &printed);
	LAW(utf8_valid(text_slice(&printed)));
	for (size_t i = 0; i < printed.length; i++)
		LAW(!ascii_is_control(printed.data[i]) || strchr("\n\t", printed.data[i]));
}

static SieveLoad load(void *self, SievePlace place, const char *name, Text *source, Failure *why)
{
	const Slice *again = self;

	(void)place;
	if (strcmp(name, "later") == 0)
		return failure_retry(why, "read '%s'", name), SIEVE_UNREADABLE;
	if (strcmp(name, "self") == 0)
		return text_append_slice(source, *again), SIEVE_LOADED;
	return SIEVE_ABSENT;
}

static void fuzz(Slice input)
{
	AUTO(Arena) arena = arena_new();
	SieveSetup setup = { .load = load,
			     .self = &input,
			     .strict_check = input.length % 2,
			     .strict_require = input.length % 4 / 2 };
	SieveFindings findings = { 0 };
	Failure why = { 0 };
	const SieveScript *script = sieve_compile("script", input, &setup, arena, &findings, &why);

	LAW(!script == (findings.errors > 0 || why.kind != FAILURE_NONE));
	LAW(findings.count <= SIEVE_LIMIT_FINDINGS);
	for (size_t i = 0; i < findings.count; i++)
		if (strcmp(findings.items[i].file, "script") == 0)
			look_at_finding(&findings.items[i], input);
}
