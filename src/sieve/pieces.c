#include "sieve/pieces.h"

#include <string.h>

#include "base/ascii.h"
#include "sieve/limits.h"

enum {
	DEEPEST = SIEVE_LIMIT_NESTING * 3 /* blocks, tests in them, and a list: what the parser takes */
};

static SieveSourcePiece *add(SievePieces *pieces, Arena *arena)
{
	if (pieces->count == pieces->capacity) {
		SieveSourcePiece *items;

		pieces->capacity = pieces->capacity ? pieces->capacity * 2 : 256;
		items = arena_alloc(arena, pieces->capacity * sizeof *items);
		if (pieces->count)
			memcpy(items, pieces->items, pieces->count * sizeof *items);
		pieces->items = items;
	}
	pieces->items[pieces->count] = (SieveSourcePiece){ 0 };
	return &pieces->items[pieces->count++];
}

static Slice without_blanks(Slice text)
{
	while (text.length && strchr(" \t\r", text.data[text.length - 1]))
		text.length--;
	return text;
}

/* The comments between two tokens, which the lexer has found to be in order.  Gives the line ends behind the
 * last of them. */
static uint32_t add_comments(Slice gap, Arena *arena, SievePieces *pieces)
{
	uint32_t lines = 0;

	while (gap.length) {
		SieveSourcePiece *it;
		const char *end;
		size_t length = 1;

		if (*gap.data != '#' && *gap.data != '/') {
			lines += *gap.data == '\n';
			gap = slice_from(gap, 1);
			continue;
		}
		it = add(pieces, arena);
		it->of = *gap.data == '#' ? SIEVE_OF_LINE_COMMENT : SIEVE_OF_BRACKET_COMMENT;
		if (it->of == SIEVE_OF_LINE_COMMENT) {
			end = memchr(gap.data, '\n', gap.length);
			length = end ? (size_t)(end - gap.data) : gap.length;
			it->raw = without_blanks(slice(gap.data, length));
		} else {
			end = gap.length > 3 ? memmem(gap.data + 2, gap.length - 2, "*/", 2) : NULL;
			length = end ? (size_t)(end - gap.data) + 2 : gap.length;
			it->raw = slice(gap.data, length);
		}
		it->lines = lines;
		lines = 0;
		gap = slice_from(gap, length);
	}
	return lines;
}

static void note_error(void *self, SieveSpan span, const char *text, bool is_stray)
{
	(void)span, (void)text, (void)is_stray;
	*(bool *)self = true;
}

static bool is_pair(char open, char close)
{
	return (open == '(' && close == ')') || (open == '[' && close == ']') ||
	       (open == '{' && close == '}');
}

static bool match_brackets(SievePieces *pieces)
{
	size_t open[DEEPEST], depth = 0;

	for (size_t i = 0; i < pieces->count; i++) {
		char c = pieces->items[i].punctuation;

		if (c == '(' || c == '[' || c == '{') {
			if (depth == DEEPEST)
				return false;
			open[depth++] = i;
		} else if (c == ')' || c == ']' || c == '}') {
			if (!depth || !is_pair(pieces->items[open[depth - 1]].punctuation, c))
				return false;
			depth--;
			pieces->items[open[depth]].partner = i;
			pieces->items[i].partner = open[depth];
		}
	}
	return depth == 0;
}

bool sieve_pieces_read(Slice source, Arena *arena, SievePieces *pieces)
{
	bool wrong = false;
	SieveLexer lexer = { .arena = arena, .report = note_error, .self = &wrong };
	SieveToken token;

	if (source.length > SIEVE_LIMIT_SCRIPT_BYTES ||
	    (source.length && memchr(source.data, '\0', source.length)))
		return false;
	sieve_lexer_start(&lexer, source);
	for (;;) {
		const char *from = lexer.at, *start;
		SieveSourcePiece *it;
		uint32_t lines;

		token.punctuation = '\0';
		sieve_lexer_next(&lexer, &token);
		if (wrong)
			return false;
		start = source.data + token.span.offset;
		lines = add_comments(slice(from, (size_t)(start - from)), arena, pieces);
		if (token.kind == SIEVE_TOKEN_END)
			return match_brackets(pieces);
		it = add(pieces, arena);
		it->kind = token.kind;
		it->punctuation = token.kind == SIEVE_TOKEN_PUNCTUATION ? token.punctuation : '\0';
		it->raw = slice(start, (size_t)(lexer.at - start));
		it->text = token.kind == SIEVE_TOKEN_PUNCTUATION || token.kind == SIEVE_TOKEN_NUMBER
				   ? SLICE("")
				   : token.text;
		it->number = token.kind == SIEVE_TOKEN_NUMBER ? token.number : 0;
		it->lines = lines;
	}
}

static size_t next_token(const SievePieces *pieces, size_t at, size_t *comments)
{
	while (at < pieces->count && pieces->items[at].of != SIEVE_OF_TOKEN) {
		at++;
		++*comments;
	}
	return at;
}

static bool same_token(const SieveSourcePiece *a, const SieveSourcePiece *b)
{
	if (a->kind != b->kind || a->punctuation != b->punctuation || a->number != b->number)
		return false;
	return a->kind == SIEVE_TOKEN_STRING ? slice_equal(a->text, b->text)
					     : ascii_equal_fold(a->text, b->text);
}

bool sieve_pieces_equal(const SievePieces *a, const SievePieces *b)
{
	size_t left = 0, right = 0, left_comments = 0, right_comments = 0;

	for (;; left++, right++) {
		left = next_token(a, left, &left_comments);
		right = next_token(b, right, &right_comments);
		if (left == a->count || right == b->count)
			return left == a->count && right == b->count && left_comments == right_comments;
		if (!same_token(&a->items[left], &b->items[right]))
			return false;
	}
}
