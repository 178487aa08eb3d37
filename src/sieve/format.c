/* format - a script as it is best read
 *
 * A command stands on one line with what it takes, as long as that fits; else each list that does not fit has
 * a line for each of its parts.  Blank lines stay, one of several.  What was written is read once more before
 * it is given away. */
#include "sieve/format.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "sieve/pieces.h"

enum {
	WIDTH = 80,
	TAB = 8,
	TOO_WIDE = 1 << 20
};

typedef struct Layout {
	SievePieces pieces;
	size_t at; /* the next piece */
	Text *out;
	const char *line_end;
	size_t column;
	bool fresh; /* nothing but the indent is on this line */
	bool ends;  /* the line must end before anything else comes: behind a comment, or a text */
	bool glued; /* no blank before what comes next */
} Layout;

/* ---- the line ---- */

static void new_line(Layout *it, unsigned level)
{
	text_append_string(it->out, it->line_end);
	for (unsigned i = 0; i < level; i++)
		text_append_char(it->out, '\t');
	it->column = (size_t)level * TAB;
	it->fresh = it->glued = true;
	it->ends = false;
}

static bool is_text_block(const SieveSourcePiece *piece)
{
	return piece->of == SIEVE_OF_TOKEN && piece->kind == SIEVE_TOKEN_STRING && piece->raw.data[0] != '"';
}

static bool is_word(const SieveSourcePiece *piece)
{
	return piece->of == SIEVE_OF_TOKEN &&
	       (piece->kind == SIEVE_TOKEN_IDENTIFIER || piece->kind == SIEVE_TOKEN_TAG);
}

static void append(const SieveSourcePiece *piece, Text *out)
{
	for (size_t i = 0; i < piece->raw.length; i++) {
		char c = piece->raw.data[i];

		if (is_word(piece))
			c = ascii_lower(c);
		else if (piece->of == SIEVE_OF_TOKEN && piece->kind == SIEVE_TOKEN_NUMBER)
			c = ascii_upper(c);
		text_append_char(out, c);
	}
}

static void count_columns(Layout *it, Slice raw)
{
	const char *newline = raw.length ? memrchr(raw.data, '\n', raw.length) : NULL;

	if (newline)
		it->column = 0;
	it->column += utf8_length(newline ? slice_from(raw, (size_t)(newline - raw.data) + 1) : raw);
}

/* Appends a piece to the line, on the next one of `level` if it has to. */
static void put(Layout *it, const SieveSourcePiece *piece, unsigned level)
{
	bool closes = piece->punctuation && strchr(",;)]", piece->punctuation);

	if (it->ends || (piece->of == SIEVE_OF_LINE_COMMENT && piece->lines && !it->fresh))
		new_line(it, level);
	if (!it->glued && !closes) {
		text_append_char(it->out, ' ');
		it->column++;
	}
	append(piece, it->out);
	count_columns(it, piece->raw);
	it->fresh = false;
	it->glued = piece->punctuation == '(' || piece->punctuation == '[';
	it->ends = piece->of == SIEVE_OF_LINE_COMMENT || is_text_block(piece);
}

/* ---- arguments and tests ---- */

/* How wide the pieces are on one line; TOO_WIDE when they cannot stand on one. */
static size_t flat_width(const Layout *it, size_t from, size_t to)
{
	size_t width = 0;
	bool glued = true;

	for (size_t i = from; i < to && width < TOO_WIDE; i++) {
		const SieveSourcePiece *piece = &it->pieces.items[i];

		if (piece->of == SIEVE_OF_LINE_COMMENT || is_text_block(piece))
			return TOO_WIDE;
		if (!glued && !(piece->punctuation && strchr(",;)]", piece->punctuation)))
			width++;
		width += utf8_length(piece->raw);
		glued = piece->punctuation == '(' || piece->punctuation == '[';
	}
	return width;
}

static void put_run(Layout *it, size_t from, size_t to, unsigned level);

static bool is_line_comment(const Layout *it, size_t at)
{
	return at < it->pieces.count && it->pieces.items[at].of == SIEVE_OF_LINE_COMMENT;
}

/* The end of a part of a list: its ',' or the closing bracket. */
static size_t part_end(const Layout *it, size_t from, size_t close)
{
	for (size_t i = from; i < close; i++) {
		char c = it->pieces.items[i].punctuation;

		if (c == ',')
			return i;
		if (c == '(' || c == '[')
			i = it->pieces.items[i].partner;
	}
	return close;
}

/* Comments that stand on lines of their own before what they are about. */
static size_t put_leading(Layout *it, size_t from, size_t to, unsigned level)
{
	for (; from < to && is_line_comment(it, from); from++)
		put(it, &it->pieces.items[from], level);
	if (it->ends)
		new_line(it, level);
	return from;
}

/* Puts `from` to `to`, and the ',' or ';' at `to` (NULL: the last part of a list) before the comments that
 * stand before it. */
static void put_part(Layout *it, size_t from, size_t to, const SieveSourcePiece *behind, unsigned level)
{
	size_t end = to;

	while (end > from && is_line_comment(it, end - 1))
		end--;
	put_run(it, from, end, level);
	if (behind)
		put(it, behind, level);
	for (; end < to; end++)
		put(it, &it->pieces.items[end], level);
}

static void put_list(Layout *it, size_t open, unsigned level)
{
	size_t close = it->pieces.items[open].partner, from = open + 1;

	put(it, &it->pieces.items[open], level);
	while (from < close) {
		size_t end;

		/* A comment behind the part before it, on its line. */
		for (; from < close && is_line_comment(it, from) && !it->pieces.items[from].lines; from++) {
			it->glued = false;
			put(it, &it->pieces.items[from], level + 1);
		}
		if (from == close)
			break;
		new_line(it, level + 1);
		from = put_leading(it, from, close, level + 1);
		end = part_end(it, from, close);
		put_part(it, from, end, end < close ? &it->pieces.items[end] : NULL, level + 1);
		from = end + (end < close);
	}
	new_line(it, level);
	put(it, &it->pieces.items[close], level);
}

static void put_run(Layout *it, size_t from, size_t to, unsigned level)
{
	for (size_t i = from; i < to; i++) {
		const SieveSourcePiece *piece = &it->pieces.items[i];
		size_t close = piece->partner;

		/* What follows takes two more columns: " {", or "," and more. */
		if ((piece->punctuation == '(' || piece->punctuation == '[') &&
		    it->column + 1 + flat_width(it, i, close + 1) + 2 > WIDTH) {
			put_list(it, i, level);
			i = close;
			continue;
		}
		put(it, piece, level + 1);
	}
}

/* ---- commands ---- */

static void put_commands(Layout *it, unsigned level);

/* The ';' or '{' that ends the command at `from`, or where there is none. */
static size_t head_end(const Layout *it, size_t from)
{
	for (size_t i = from; i < it->pieces.count; i++) {
		char c = it->pieces.items[i].punctuation;

		if (c == ';' || c == '{' || c == '}')
			return i;
		if (c == '(' || c == '[')
			i = it->pieces.items[i].partner;
	}
	return it->pieces.count;
}

/* Comments that stand behind something, on its line. */
static void put_trailing(Layout *it, unsigned level)
{
	while (it->at < it->pieces.count && it->pieces.items[it->at].of != SIEVE_OF_TOKEN &&
	       !it->pieces.items[it->at].lines)
		put(it, &it->pieces.items[it->at++], level);
}

static bool is_named(const SieveSourcePiece *piece, const char *name)
{
	return piece->of == SIEVE_OF_TOKEN && piece->kind == SIEVE_TOKEN_IDENTIFIER &&
	       ascii_equal_fold_string(piece->text, name);
}

static bool is_named_at(const Layout *it, size_t at, const char *name)
{
	return at < it->pieces.count && is_named(&it->pieces.items[at], name);
}

/* False when it has no end. */
static bool put_command(Layout *it, unsigned level)
{
	size_t end = head_end(it, it->at);

	if (end == it->pieces.count || it->pieces.items[end].punctuation == '}')
		return false;
	if (it->pieces.items[end].punctuation == ';') {
		put_part(it, it->at, end, &it->pieces.items[end], level);
		it->at = end + 1;
		put_trailing(it, level);
		return true;
	}
	put_run(it, it->at, end, level);
	put(it, &it->pieces.items[end], level);
	it->at = end + 1;
	put_trailing(it, level + 1);
	put_commands(it, level + 1);
	new_line(it, level);
	if (it->at == it->pieces.count)
		return false;
	put(it, &it->pieces.items[it->at++], level);
	put_trailing(it, level);
	return true;
}

/* What stands next, when comments are passed over. */
static size_t next_token(const Layout *it)
{
	size_t at = it->at;

	while (at < it->pieces.count && it->pieces.items[at].of != SIEVE_OF_TOKEN)
		at++;
	return at;
}

/* Between the commands before and what stands next: nothing, a line end, or a blank line too. */
static void separate(Layout *it, unsigned level, bool is_first, bool required)
{
	const SieveSourcePiece *piece = &it->pieces.items[it->at];
	bool continues = is_named(piece, "elsif") || is_named(piece, "else");
	bool requires = is_named_at(it, next_token(it), "require");

	if (continues && !it->ends && !is_first && it->out->length &&
	    it->out->data[it->out->length - 1] == '}')
		return;
	if (!is_first && !continues && (piece->lines > 1 || (required && !requires)))
		text_append_string(it->out, it->line_end);
	if (level || !is_first)
		new_line(it, level);
}

/* Up to the '}' that ends the block, or to the end. */
static void put_commands(Layout *it, unsigned level)
{
	bool is_first = true, required = false, glued = false;

	while (it->at < it->pieces.count && it->pieces.items[it->at].punctuation != '}') {
		const SieveSourcePiece *piece = &it->pieces.items[it->at];

		/* A comment in brackets may have its command behind it. */
		if (!glued || it->ends || piece->lines)
			separate(it, level, is_first, required);
		is_first = false;
		if (piece->of == SIEVE_OF_TOKEN) {
			glued = false;
			required = is_named(piece, "require");
			if (!put_command(it, level))
				return;
		} else {
			put(it, piece, level);
			it->at++;
			glued = piece->of == SIEVE_OF_BRACKET_COMMENT;
			required = false;
		}
	}
}

/* ---- the whole ---- */

/* The last one decides: it is never a string's or a comment's own once the script was laid out. */
static const char *line_end_of(Slice source)
{
	const char *newline = source.length ? memrchr(source.data, '\n', source.length) : NULL;

	return newline && newline > source.data && newline[-1] == '\r' ? "\r\n" : "\n";
}

/* Is what was written the same script? */
static bool is_same(const SievePieces *pieces, Slice written, Arena *arena)
{
	SievePieces again = { 0 };

	return sieve_pieces_read(written, arena, &again) && sieve_pieces_equal(pieces, &again);
}

bool sieve_format(Slice source, Arena *arena, Text *out)
{
	AUTO_VALUE(Text) written = { 0 };
	Layout it = { .out = &written, .line_end = line_end_of(source), .fresh = true, .glued = true };

	if (!sieve_pieces_read(source, arena, &it.pieces))
		return false;
	text_append(&written, source.data, sieve_mark_length(source));
	put_commands(&it, 0);
	if (it.at < it.pieces.count)
		return false;
	if (it.pieces.count)
		text_append_string(&written, it.line_end);
	if (!is_same(&it.pieces, text_slice(&written), arena))
		return false;
	text_append_slice(out, text_slice(&written));
	return true;
}
