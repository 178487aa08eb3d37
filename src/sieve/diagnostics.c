/* diagnostics - what is wrong with a script, and where, as people want to read it */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/columns.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "sieve/script.h"

enum {
	FINDING_BYTES = 400, /* of its text; names in it are cut much earlier */
	SHOWN_BYTES = 1000   /* of its line */
};

Slice sieve_line_at(Slice source, uint32_t offset)
{
	const char *at = source.data + offset;
	const char *start = offset ? memrchr(source.data, '\n', offset) : NULL;
	const char *end = memchr(at, '\n', source.length - offset);

	start = start ? start + 1 : source.data + sieve_mark_length(source);
	if (start > at)
		at = start;
	end = end ? end : source.data + source.length;
	if (end > start && end[-1] == '\r')
		end--;
	return slice(start, (size_t)(end - start));
}

uint32_t sieve_column(Slice source, uint32_t offset)
{
	Slice line = sieve_line_at(source, offset);
	size_t before = (size_t)(line.data - source.data);

	return offset > before ? (uint32_t)utf8_length(slice(line.data, offset - before)) + 1 : 1;
}

/* How many characters of the span are on its first line; at least 1, so that there is a caret. */
static uint32_t width(const SieveFinding *finding, Slice source, SieveSpan span)
{
	const char *at = source.data + span.offset,
		   *end = finding->source_line.data + finding->source_line.length;
	size_t length = at >= end ? 0 : (size_t)(end - at);

	length = utf8_length(slice(at, length < span.length ? length : span.length));
	return length ? (uint32_t)length : 1;
}

/* A script may come from anybody: what is shown of it stays one line that a terminal can be shown. */
static const char *printable(Arena *arena, const char *text)
{
	AUTO_VALUE(Text) line = { 0 };

	printable_append(&line, slice_of(text), FINDING_BYTES);
	return arena_copy_string(arena, text_string(&line));
}

static SieveFinding *new_finding(SieveFindings *findings, Arena *arena)
{
	if (findings->count == findings->capacity) {
		SieveFinding *items;

		findings->capacity = findings->capacity ? findings->capacity * 2 : 8;
		items = arena_alloc(arena, findings->capacity * sizeof *items);
		if (findings->count)
			memcpy(items, findings->items, findings->count * sizeof *items);
		findings->items = items;
	}
	return &findings->items[findings->count++];
}

static void locate(SieveFinding *it, Slice source, SieveSpan span)
{
	const char *last_line;

	if (span.offset > source.length)
		span.offset = (uint32_t)source.length;
	if (span.length > source.length - span.offset)
		span.length = (uint32_t)source.length - span.offset;
	it->line = it->end_line = span.line;
	it->offset = span.offset;
	it->end = span.offset + span.length;
	it->column = sieve_column(source, span.offset);
	it->source_line = sieve_line_at(source, span.offset);
	it->length = width(it, source, span);
	last_line = source.data + span.offset;
	for (const char *end = source.data + it->end;
	     (last_line = memchr(last_line, '\n', (size_t)(end - last_line))); last_line++)
		it->end_line++;
	it->end_column = sieve_column(source, it->end);
}

static void add_changes(SieveFinding *it, const SieveReport *report, Arena *arena)
{
	SieveChange *changes;

	if (!report->change_count)
		return;
	changes = arena_alloc(arena, report->change_count * sizeof *changes);
	memcpy(changes, report->changes, report->change_count * sizeof *changes);
	it->changes = changes;
	it->change_count = report->change_count;
}

static bool add_finding(SieveFindings *findings, SieveScript *script, const SieveReport *report,
			const char *text)
{
	Arena *arena = script->unit->arena;
	SieveFinding *it;

	if (report->severity == SIEVE_ERROR) {
		findings->errors++;
		script->broken = true;
	}
	if (script->spoilt_rest || script->spoilt_line == report->span.line) {
		findings->follows++;
		return false;
	}
	if (findings->count >= SIEVE_LIMIT_FINDINGS)
		return false;
	it = new_finding(findings, arena);
	*it = (SieveFinding){
		.severity = report->severity,
		.is_syntax = report->is_syntax,
		.name = report->name,
		.file = script->name,
		.text = printable(arena, text),
		.expected = report->expected ? printable(arena, report->expected) : NULL,
		.suggestion = report->suggestion ? printable(arena, report->suggestion) : NULL,
	};
	locate(it, script->source, report->span);
	add_changes(it, report, arena);
	return false;
}

/* The formatted text of a function with `format` as its last named parameter. */
#define FORMAT(text, format)                                     \
	do {                                                     \
		va_list arguments;                               \
		va_start(arguments, format);                     \
		vsnprintf(text, sizeof text, format, arguments); \
		va_end(arguments);                               \
	} while (0)

bool sieve_report(SieveFindings *findings, SieveScript *script, const SieveReport *report, const char *format,
		  ...)
{
	char text[FINDING_BYTES];

	FORMAT(text, format);
	return add_finding(findings, script, report, text);
}

bool sieve_check_error(SieveCheck *check, SieveSpan span, const char *suggestion, const char *format, ...)
{
	SieveReport report = { .span = span, .suggestion = suggestion, .name = "invalid" };
	char text[FINDING_BYTES];

	FORMAT(text, format);
	return add_finding(check->unit->findings, check->script, &report, text);
}

bool sieve_syntax_error(SieveCheck *check, SieveSpan span, const char *expected, const char *format, ...)
{
	SieveReport report = { .span = span, .expected = expected, .name = "syntax", .is_syntax = true };
	char text[FINDING_BYTES];

	FORMAT(text, format);
	return add_finding(check->unit->findings, check->script, &report, text);
}

bool sieve_check_warn(SieveCheck *check, const char *name, SieveSpan span, const char *suggestion,
		      const char *format, ...)
{
	SieveReport report = { SIEVE_WARNING, .name = name, .span = span, .suggestion = suggestion };
	char text[FINDING_BYTES];

	FORMAT(text, format);
	return add_finding(check->unit->findings, check->script, &report, text);
}

const char *sieve_token_name(SieveCheck *check, const SieveToken *token)
{
	Arena *arena = check->unit->arena;

	switch (token->kind) {
	case SIEVE_TOKEN_END:
		return "the end of the script";
	case SIEVE_TOKEN_IDENTIFIER:
		return arena_printf(arena, "'%.*s'", (int)(token->text.length < 64 ? token->text.length : 64),
				    token->text.data);
	case SIEVE_TOKEN_TAG:
		return arena_printf(arena, "':%.*s'",
				    (int)(token->text.length < 64 ? token->text.length : 64),
				    token->text.data);
	case SIEVE_TOKEN_NUMBER:
		return "a number";
	case SIEVE_TOKEN_STRING:
		return "a string";
	case SIEVE_TOKEN_PUNCTUATION:
		return arena_printf(arena, "'%c'", token->punctuation);
	}
	return "nothing";
}

/* The line with its tabs, which printable_append would not leave. */
static void append_line(Slice line, Text *out)
{
	bool cut = line.length > SHOWN_BYTES;

	text_append_string(out, "    ");
	line = utf8_cut(line, SHOWN_BYTES);
	while (line.length) {
		const char *tab = memchr(line.data, '\t', line.length);
		size_t length = tab ? (size_t)(tab - line.data) : line.length;

		printable_append(out, slice(line.data, length), SHOWN_BYTES);
		if (tab)
			text_append_char(out, '\t');
		line = slice_from(line, length + (tab != NULL));
	}
	text_append_string(out, cut ? "...\n" : "\n");
}

/* Tabs become tabs, so that the caret stands right however wide they are; all else as many blanks as it has
 * columns on a terminal. */
static size_t append_indent(const SieveFinding *finding, Text *out)
{
	Slice line = finding->source_line;
	size_t at = 0;

	for (uint32_t column = 1; column < finding->column && at < line.length && at < SHOWN_BYTES;
	     column++) {
		uint32_t c = '?';
		size_t bytes = utf8_decode(line.data + at, line.length - at, &c);

		if (line.data[at] == '\t')
			text_append_char(out, '\t');
		else
			for (unsigned i = columns_of(c); i; i--)
				text_append_char(out, ' ');
		at += bytes ? bytes : 1;
	}
	return at;
}

/* A caret, and a wave under the rest of the span. */
static void append_wave(const SieveFinding *finding, size_t at, Text *out)
{
	Slice line = finding->source_line;
	uint32_t length = finding->length < SHOWN_BYTES ? finding->length : SHOWN_BYTES;
	char mark = '^';

	for (uint32_t i = 0; i < length; i++) {
		uint32_t c = '?';
		size_t bytes = at < line.length ? utf8_decode(line.data + at, line.length - at, &c) : 0;

		for (unsigned n = columns_of(c); n; n--, mark = '~')
			text_append_char(out, mark);
		at += bytes ? bytes : 1;
	}
}

static void append_caret(const SieveFinding *finding, Text *out)
{
	append_line(finding->source_line, out);
	text_append_string(out, "    ");
	append_wave(finding, append_indent(finding, out), out);
	if (finding->suggestion)
		text_printf(out, " %s", finding->suggestion);
	text_append_char(out, '\n');
}

void sieve_finding_print(const SieveFinding *finding, Text *out)
{
	text_printf(out, "%s:%u:%u: %s: %s", finding->file, finding->line, finding->column,
		    finding->severity == SIEVE_ERROR ? "error" : "warning", finding->text);
	if (finding->severity == SIEVE_WARNING)
		text_printf(out, " [%s]", finding->name);
	text_append_char(out, '\n');
	append_caret(finding, out);
}
