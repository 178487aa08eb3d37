/* diagnostics - what is wrong with a script, and where, as people want to read it */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

	start = start ? start + 1 : source.data;
	end = end ? end : source.data + source.length;
	if (end > start && end[-1] == '\r')
		end--;
	return slice(start, (size_t)(end - start));
}

uint32_t sieve_column(Slice source, uint32_t offset)
{
	Slice line = sieve_line_at(source, offset);

	return (uint32_t)utf8_length(slice(line.data, (size_t)(source.data + offset - line.data))) + 1;
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

static void add_finding(SieveCheck *check, SieveSeverity severity, SieveSpan span, const char *suggestion,
			const char *text)
{
	SieveFindings *findings = check->unit->findings;
	Arena *arena = check->unit->arena;
	Slice source = check->script->source;
	SieveFinding *it;

	if (severity == SIEVE_ERROR) {
		findings->errors++;
		check->script->broken = true;
	}
	if (findings->count >= SIEVE_LIMIT_FINDINGS)
		return;
	if (findings->count == findings->capacity) {
		SieveFinding *items;

		findings->capacity = findings->capacity ? findings->capacity * 2 : 8;
		items = arena_alloc(arena, findings->capacity * sizeof *items);
		if (findings->count)
			memcpy(items, findings->items, findings->count * sizeof *items);
		findings->items = items;
	}
	it = &findings->items[findings->count++];
	if (span.offset > source.length)
		span.offset = (uint32_t)source.length;
	*it = (SieveFinding){
		.severity = severity,
		.file = check->script->name,
		.line = span.line,
		.column = sieve_column(source, span.offset),
		.text = printable(arena, text),
		.suggestion = suggestion ? printable(arena, suggestion) : NULL,
		.source_line = sieve_line_at(source, span.offset),
	};
	it->length = width(it, source, span);
}

bool sieve_check_error(SieveCheck *check, SieveSpan span, const char *suggestion, const char *format, ...)
{
	va_list arguments;
	char text[FINDING_BYTES];

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	add_finding(check, SIEVE_ERROR, span, suggestion, text);
	return false;
}

bool sieve_syntax_error(SieveCheck *check, SieveSpan span, const char *format, ...)
{
	SieveFindings *findings = check->unit->findings;
	size_t before = findings->count;
	va_list arguments;
	char text[FINDING_BYTES];

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	add_finding(check, SIEVE_ERROR, span, NULL, text);
	if (findings->count > before)
		findings->items[before].is_syntax = true;
	return false;
}

bool sieve_check_warn(SieveCheck *check, SieveSpan span, const char *suggestion, const char *format, ...)
{
	va_list arguments;
	char text[FINDING_BYTES];

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	add_finding(check, SIEVE_WARNING, span, suggestion, text);
	return false;
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

static void append_caret(const SieveFinding *finding, Text *out)
{
	Slice line = finding->source_line;
	uint32_t length = finding->length < SHOWN_BYTES ? finding->length : SHOWN_BYTES;
	size_t at = 0;

	append_line(line, out);
	text_append_string(out, "    ");
	/* A tab above is a tab below, so that the caret stands right however wide tabs are. */
	for (uint32_t column = 1; column < finding->column && at < line.length && at < SHOWN_BYTES;
	     column++) {
		size_t bytes = utf8_decode(line.data + at, line.length - at, NULL);

		text_append_char(out, line.data[at] == '\t' ? '\t' : ' ');
		at += bytes ? bytes : 1;
	}
	text_append_char(out, '^');
	for (uint32_t i = 1; i < length; i++)
		text_append_char(out, '~');
	if (finding->suggestion)
		text_printf(out, " %s", finding->suggestion);
	text_append_char(out, '\n');
}

void sieve_finding_print(const SieveFinding *finding, Text *out)
{
	text_printf(out, "%s:%u:%u: %s: %s\n", finding->file, finding->line, finding->column,
		    finding->severity == SIEVE_ERROR ? "error" : "warning", finding->text);
	append_caret(finding, out);
}
