/* A header field that is written is one field, its lines are no longer than they may be, and read again it
 * has the value that it was given (message/field_write.h). */
#include "fuzz.h"

#include "base/ascii.h"
#include "message/charset.h"
#include "message/field_write.h"
#include "message/header.h"
#include "message/words.h"

enum {
	LINE_MAX_BYTES = 998 /* RFC 5322, 2.1.1 */
};

/* A text as a reader sees it: a fold may fall on any blanks, so they count as one. */
static void as_seen(Slice text, Text *seen)
{
	AUTO_VALUE(Text) valid = { 0 };

	charset_to_utf8(SLICE("utf-8"), text, &valid);
	for (size_t i = 0; i < valid.length; i++) {
		bool blank = ascii_is_space(valid.data[i]) || valid.data[i] == '\0';

		if (!blank)
			text_append_char(seen, valid.data[i]);
		else if (seen->length && seen->data[seen->length - 1] != ' ')
			text_append_char(seen, ' ');
	}
	if (seen->length && seen->data[seen->length - 1] == ' ')
		text_truncate(seen, seen->length - 1);
}

static void look_at_lines(Slice field, Slice end)
{
	LAW(field.length > end.length);
	while (field.length) {
		const char *at = memmem(field.data, field.length, end.data, end.length);

		LAW(at != NULL && at - field.data <= LINE_MAX_BYTES);
		field = slice_from(field, (size_t)(at - field.data) + end.length);
		LAW(!field.length || ascii_is_blank(*field.data));
	}
}

static void look_at_field(Slice value, const char *end, Arena *arena)
{
	Slice field = field_write("Subject", value, end, arena);
	const HeaderIndex *index = header_index(field, arena);
	AUTO_VALUE(Text) found = { 0 }, expected = { 0 };

	look_at_lines(field, slice_of(end));
	LAW(index->count == 1);
	LAW_SAME(index->fields[0].name, SLICE("Subject"));
	as_seen(words_decode(header_unfold(&index->fields[0], arena), arena), &found);
	as_seen(value, &expected);
	LAW_SAME(text_slice(&found), text_slice(&expected));
}

static void fuzz(Slice input)
{
	AUTO(Arena) arena = arena_new();

	look_at_field(input, "\n", arena);
	look_at_field(input, "\r\n", arena);
}
