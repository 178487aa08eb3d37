#include "message/parameters.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "base/text.h"
#include "message/charset.h"
#include "message/limits.h"
#include "message/words.h"

/* A parameter as it stands in the field, maybe a piece of one. */
typedef struct Segment {
	Slice name;
	Slice text;    /* without quotes */
	size_t place;  /* among the segments */
	bool in_parts; /* "name*1": it is piece `number` of several */
	unsigned number;
	bool is_coded; /* "name*": with percent signs; the first piece says in which charset */
} Segment;

enum {
	PIECES_MAX = 10000 /* of one value: no number is read beyond */
};

/* ---- characters ---- */

static bool ends_token(char c)
{
	return ascii_is_control(c) || strchr(" ()<>@,;:\\\"/[]?=", c);
}

/* Blanks and comments, which may be nested. */
static void skip_blanks(Slice *rest)
{
	size_t depth = 0, at = 0;

	for (; at < rest->length; at++) {
		char c = rest->data[at];

		if (depth && c == '\\')
			at++;
		else if (c == '(')
			depth++;
		else if (depth)
			depth -= c == ')';
		else if (!ascii_is_space(c))
			break;
	}
	*rest = slice_from(*rest, at);
}

static Slice read_token(Slice *rest)
{
	size_t length = 0;
	Slice token;

	while (length < rest->length && !ends_token(rest->data[length]))
		length++;
	token = slice(rest->data, length);
	*rest = slice_from(*rest, length);
	return token;
}

/* ---- the value ---- */

static void read_value(Slice *rest, Parameters *result, Arena *arena)
{
	Slice type, subtype;

	skip_blanks(rest);
	type = read_token(rest);
	result->value = type;
	skip_blanks(rest);
	if (!rest->length || rest->data[0] != '/')
		return;
	*rest = slice_from(*rest, 1);
	skip_blanks(rest);
	subtype = read_token(rest);
	if (!type.length || !subtype.length)
		return;
	result->value = slice_of(arena_printf(arena, "%.*s/%.*s", (int)type.length, type.data,
					      (int)subtype.length, subtype.data));
	result->type = type;
	result->subtype = subtype;
}

/* ---- the parameters as they stand ---- */

/* How long the quoted string is, whose first quote is gone: to the next one, or to the end. */
static size_t quoted_length(Slice rest)
{
	size_t at = 0;

	while (at < rest.length && rest.data[at] != '"')
		at += rest.data[at] == '\\' && at + 1 < rest.length ? 2 : 1;
	return at;
}

static Slice read_quoted(Slice *rest, Arena *arena)
{
	size_t end = quoted_length(*rest), length = 0;
	char *text = arena_alloc(arena, end);

	for (size_t at = 0; at < end; at++) {
		if (rest->data[at] == '\\' && at + 1 < end)
			at++;
		text[length++] = rest->data[at];
	}
	*rest = slice_from(*rest, end + 1);
	return slice(text, length);
}

/* A comment at the end is none of the value (RFC 2045 has one), but "report (1).pdf" is a name. */
static Slice without_comment(Slice text)
{
	const char *open;
	size_t before;

	if (!text.length || text.data[text.length - 1] != ')')
		return text;
	open = memrchr(text.data, '(', text.length);
	before = open ? (size_t)(open - text.data) : 0;
	if (!before || !ascii_is_space(text.data[before - 1]))
		return text;
	return ascii_trim(slice(text.data, before));
}

/* Up to the next semicolon: names of files have blanks in them, and some programs write no quotes. */
static Slice read_unquoted(Slice *rest)
{
	const char *end = rest->length ? memchr(rest->data, ';', rest->length) : NULL;
	Slice text = slice(rest->data, end ? (size_t)(end - rest->data) : rest->length);

	*rest = slice_from(*rest, text.length);
	return without_comment(ascii_trim(text));
}

/* Takes "*0*" off a name. */
static void read_name(Segment *segment)
{
	Slice name = segment->name;
	size_t digits;
	unsigned number = 0;

	if (name.length > 1 && name.data[name.length - 1] == '*') {
		segment->is_coded = true;
		name.length--;
	}
	digits = name.length;
	while (digits && ascii_is_digit(name.data[digits - 1]))
		digits--;
	if (digits > 1 && digits < name.length && name.data[digits - 1] == '*') {
		for (size_t i = digits; i < name.length && number < PIECES_MAX; i++)
			number = number * 10 + (unsigned)(name.data[i] - '0');
		segment->in_parts = true;
		segment->number = number;
		name.length = digits - 1;
	}
	segment->name = name;
}

/* The parameter behind a semicolon; false when there is none. */
static bool read_segment(Slice *rest, Segment *segment, Arena *arena)
{
	skip_blanks(rest);
	segment->name = read_token(rest);
	skip_blanks(rest);
	if (!segment->name.length || !rest->length || rest->data[0] != '=')
		return false;
	*rest = slice_from(*rest, 1);
	skip_blanks(rest);
	if (rest->length && rest->data[0] == '"') {
		*rest = slice_from(*rest, 1);
		segment->text = read_quoted(rest, arena);
	} else {
		segment->text = read_unquoted(rest);
	}
	read_name(segment);
	return true;
}

static bool skip_semicolon(Slice *rest)
{
	const char *next = rest->length ? memchr(rest->data, ';', rest->length) : NULL;

	if (next)
		*rest = slice_from(*rest, (size_t)(next - rest->data) + 1);
	return next != NULL;
}

/* ---- their values ---- */

static void append_coded(Slice text, Text *out)
{
	for (size_t i = 0; i < text.length; i++) {
		int high = text.data[i] == '%' && i + 2 < text.length ? ascii_hex_value(text.data[i + 1])
								      : -1;
		int low = high < 0 ? -1 : ascii_hex_value(text.data[i + 2]);

		if (low < 0) {
			text_append_char(out, text.data[i]);
			continue;
		}
		text_append_char(out, (char)(high * 16 + low));
		i += 2;
	}
}

/* Takes "charset'language'" off the first piece. */
static Slice take_charset(Slice *text)
{
	const char *first = text->length ? memchr(text->data, '\'', text->length) : NULL, *second;
	Slice charset;

	if (!first)
		return SLICE("");
	charset = slice(text->data, (size_t)(first - text->data));
	second = memchr(first + 1, '\'', text->length - charset.length - 1);
	if (!second)
		return SLICE("");
	*text = slice_from(*text, (size_t)(second - text->data) + 1);
	return charset;
}

/* No value smuggles in a line. */
static Slice without_lines(const Text *text, Arena *arena)
{
	char *copy = arena_copy_bytes(arena, text_slice(text).data, text->length);

	for (size_t i = 0; i < text->length; i++)
		if (copy[i] == '\0' || copy[i] == '\r' || copy[i] == '\n')
			copy[i] = ' ';
	return slice(copy, text->length);
}

/* The value that these pieces are.  Their bytes are joined before they are converted: a character may
 * lie across two. */
static Slice join(const Segment *const *pieces, size_t count, Arena *arena)
{
	AUTO_VALUE(Text) bytes = { 0 }, utf8 = { 0 };
	Slice charset = SLICE(""), first = pieces[0]->text;
	bool is_coded = false;

	if (pieces[0]->is_coded)
		charset = take_charset(&first);
	for (size_t i = 0; i < count; i++) {
		Slice text = i ? pieces[i]->text : first;

		is_coded |= pieces[i]->is_coded;
		if (pieces[i]->is_coded)
			append_coded(text, &bytes);
		else
			text_append_slice(&bytes, text);
	}
	if (!is_coded) {
		text_append_slice(&utf8, words_decode(text_slice(&bytes), arena));
	} else if (!charset.length || !charset_to_utf8(charset, text_slice(&bytes), &utf8)) {
		charset_guess_to_utf8(text_slice(&bytes), &utf8);
	}
	return without_lines(&utf8, arena);
}

static int compare_names(Slice a, Slice b)
{
	size_t length = a.length < b.length ? a.length : b.length;

	for (size_t i = 0; i < length; i++) {
		int difference = (unsigned char)ascii_lower(a.data[i]) -
				 (unsigned char)ascii_lower(b.data[i]);

		if (difference)
			return difference;
	}
	return (a.length > b.length) - (a.length < b.length);
}

/* Whole ones first, in order; then the pieces, those of one name together, by their numbers. */
static int compare_segments(const void *left, const void *right)
{
	const Segment *a = *(const Segment *const *)left, *b = *(const Segment *const *)right;
	int order = (int)a->in_parts - (int)b->in_parts;

	if (!order && a->in_parts)
		order = compare_names(a->name, b->name);
	if (!order && a->in_parts)
		order = (a->number > b->number) - (a->number < b->number);
	return order ? order : (a->place > b->place) - (a->place < b->place);
}

/* How many of the sorted pieces have the name of the first. */
static size_t count_same(const Segment *const *pieces, size_t count)
{
	size_t same = 1;

	while (pieces[0]->in_parts && same < count && compare_names(pieces[0]->name, pieces[same]->name) == 0)
		same++;
	return same;
}

/* Leaves of `same` pieces those that follow one another: from 0 (or 1, as some count) on, each once. */
static size_t keep_sequence(const Segment **pieces, size_t same)
{
	size_t kept = 1;

	for (size_t i = 1; i < same; i++) {
		if (pieces[i]->number == pieces[kept - 1]->number)
			continue;
		if (pieces[i]->number != pieces[kept - 1]->number + 1)
			break;
		pieces[kept++] = pieces[i];
	}
	return kept;
}

typedef struct Placed {
	Parameter parameter;
	size_t place;
} Placed;

static int compare_places(const void *left, const void *right)
{
	const Placed *a = left, *b = right;

	return (a->place > b->place) - (a->place < b->place);
}

static void join_segments(Segment *segments, size_t count, Parameters *result, Arena *arena)
{
	auto_free const Segment **sorted = memory_zeroed(count + 1, sizeof *sorted);
	auto_free Placed *placed = memory_zeroed(count + 1, sizeof *placed);

	for (size_t i = 0; i < count; i++)
		sorted[i] = &segments[i];
	qsort(sorted, count, sizeof *sorted, compare_segments);
	for (size_t at = 0, same; at < count; at += same) {
		const Segment *first = sorted[at];

		same = count_same(sorted + at, count - at);
		if (first->in_parts && first->number > 1)
			continue;
		placed[result->count++] = (Placed){
			.parameter = { .name = first->name,
				       .value = join(sorted + at, keep_sequence(sorted + at, same), arena) },
			.place = first->place,
		};
	}
	qsort(placed, result->count, sizeof *placed, compare_places);
	result->items = arena_alloc(arena, (result->count + 1) * sizeof *result->items);
	for (size_t i = 0; i < result->count; i++)
		result->items[i] = placed[i].parameter;
}

Parameters parameters_read(Slice field, Arena *arena)
{
	Parameters result = { .value = SLICE(""), .type = SLICE(""), .subtype = SLICE("") };
	auto_free Segment *segments = NULL;
	size_t count = 0, capacity = 0;
	Slice rest = field;

	read_value(&rest, &result, arena);
	while (count < LIMIT_PARAMETERS && skip_semicolon(&rest)) {
		Segment segment = { .place = count };

		if (!read_segment(&rest, &segment, arena))
			continue;
		MEMORY_GROW(segments, count, capacity);
		segments[count++] = segment;
	}
	if (count)
		join_segments(segments, count, &result, arena);
	return result;
}
