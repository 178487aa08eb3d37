/* A script that is laid out has the same words, the same strings byte for byte and the same comments in the
 * same order, and laid out again it stays as it is; what cannot be laid out leaves nothing.  What compiles
 * can be. */
#include "fuzz.h"

#include "base/ascii.h"
#include "sieve/format.h"
#include "sieve/lexer.h"
#include "sieve/sieve.h"

/* A script, taken apart once more: where the lexer is, and the text. */
typedef struct Reading {
	SieveLexer lexer;
	Slice source;
	Slice gap; /* comments and blanks in front of the token, what is not looked at yet */
	SieveToken token;
	Arena *arena;
} Reading;

static void ignore(void *self, SieveSpan span, const char *text, bool is_stray)
{
	(void)self;
	(void)span;
	(void)text;
	(void)is_stray;
}

static void reading_start(Reading *reading, Slice source, Arena *arena)
{
	*reading = (Reading){ .source = source, .arena = arena };
	sieve_lexer_start(&reading->lexer, source);
	reading->lexer.arena = arena;
	reading->lexer.report = ignore;
}

/* A multi-line string's span is its first line alone. */
static Slice raw(const Reading *reading)
{
	const char *start = reading->source.data + reading->token.span.offset;

	return slice(start, (size_t)(reading->lexer.at - start));
}

/* The next token, and what stands in front of it. */
static void reading_next(Reading *reading, size_t *end)
{
	sieve_lexer_next(&reading->lexer, &reading->token);
	if (reading->token.kind == SIEVE_TOKEN_END)
		reading->token.span = (SieveSpan){ .offset = (uint32_t)reading->source.length };
	reading->gap = slice(reading->source.data + *end, reading->token.span.offset - *end);
	*end = (size_t)(reading->lexer.at - reading->source.data);
}

/* ---- words ---- */

static bool same_token(const Reading *a, const Reading *b)
{
	if (a->token.kind != b->token.kind || a->token.punctuation != b->token.punctuation)
		return false;
	switch (a->token.kind) {
	case SIEVE_TOKEN_IDENTIFIER:
	case SIEVE_TOKEN_TAG:
		return ascii_equal_fold(a->token.text, b->token.text);
	case SIEVE_TOKEN_NUMBER:
		return a->token.number == b->token.number;
	case SIEVE_TOKEN_STRING:
		return slice_equal(raw(a), raw(b));
	case SIEVE_TOKEN_END:
	case SIEVE_TOKEN_PUNCTUATION:
		return true;
	}
	return false;
}

/* ---- comments ---- */

static Slice trimmed(Slice comment)
{
	while (comment.length && strchr(" \t\r\n", comment.data[comment.length - 1]))
		comment.length--;
	return comment;
}

/* Takes the first comment out of `gap`; false when there is none. */
static bool take_comment(Slice *gap, Slice *comment)
{
	const char *end;

	while (gap->length && *gap->data != '#' && *gap->data != '/')
		*gap = slice_from(*gap, 1);
	if (gap->length == 0)
		return false;
	if (*gap->data == '#') {
		end = memchr(gap->data, '\n', gap->length);
		*comment = slice(gap->data, end ? (size_t)(end - gap->data) : gap->length);
	} else {
		end = gap->length > 2 ? memmem(gap->data + 2, gap->length - 2, "*/", 2) : NULL;
		LAW(end != NULL);
		*comment = slice(gap->data, (size_t)(end - gap->data) + 2);
	}
	*gap = slice_from(*gap, comment->length);
	*comment = trimmed(*comment);
	return true;
}

/* All comments of a script, one behind the other. */
static void list_comments(Slice source, Arena *arena, Text *out)
{
	Reading reading;
	size_t end = sieve_mark_length(source);
	Slice comment;

	reading_start(&reading, source, arena);
	do {
		reading_next(&reading, &end);
		while (take_comment(&reading.gap, &comment)) {
			text_append_slice(out, comment);
			text_append_char(out, '\n');
		}
	} while (reading.token.kind != SIEVE_TOKEN_END);
}

/* ---- the laws ---- */

static void compare(Slice source, Slice laid_out, Arena *arena)
{
	AUTO_VALUE(Text) before = { 0 }, after = { 0 };
	Reading a, b;
	size_t a_end = sieve_mark_length(source), b_end = sieve_mark_length(laid_out);

	LAW(a_end == b_end);
	reading_start(&a, source, arena);
	reading_start(&b, laid_out, arena);
	do {
		reading_next(&a, &a_end);
		reading_next(&b, &b_end);
		LAW(same_token(&a, &b), "lines %u and %u", a.token.span.line, b.token.span.line);
	} while (a.token.kind != SIEVE_TOKEN_END);
	list_comments(source, arena, &before);
	list_comments(laid_out, arena, &after);
	LAW_SAME(text_slice(&after), text_slice(&before));
}

static bool compiles(Slice source, Arena *arena)
{
	SieveFindings findings = { 0 };
	Failure why = { 0 };

	return sieve_compile("script", source, NULL, arena, &findings, &why) != NULL;
}

static void fuzz(Slice input)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) once = { 0 }, twice = { 0 };
	bool good = compiles(input, arena);

	if (!sieve_format(input, arena, &once)) {
		LAW(once.length == 0);
		LAW(!good);
		return;
	}
	compare(input, text_slice(&once), arena);
	LAW(sieve_format(text_slice(&once), arena, &twice));
	LAW_SAME(text_slice(&twice), text_slice(&once));
	LAW(compiles(text_slice(&once), arena) == good);
}
