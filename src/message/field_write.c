#include "message/field_write.h"

#include <string.h>

#include "base/ascii.h"
#include "base/text.h"
#include "message/address.h"
#include "message/address_write.h"
#include "message/words.h"

enum {
	LINE_BYTES = 78
};

static size_t count_blanks(Slice text)
{
	size_t count = 0;

	while (count < text.length && (ascii_is_space(text.data[count]) || text.data[count] == '\0'))
		count++;
	return count;
}

static size_t count_word(Slice text)
{
	size_t count = 0;

	while (count < text.length && !ascii_is_space(text.data[count]) && text.data[count] != '\0')
		count++;
	return count;
}

/* Blanks between two words: line ends among them are folds that were there, or none that may stay. */
static void put_blanks(Slice blanks, Text *out)
{
	size_t before = out->length;

	for (size_t i = 0; i < blanks.length; i++)
		if (ascii_is_blank(blanks.data[i]))
			text_append_char(out, blanks.data[i]);
	if (out->length == before)
		text_append_char(out, ' ');
}

Slice field_write_folded(const char *name, Slice value, const char *line_end, Arena *arena)
{
	AUTO_VALUE(Text) out = { 0 };
	size_t line = 0; /* where the present one begins */
	Slice rest = ascii_trim(value);

	text_printf(&out, "%s:", name);
	for (Slice blanks = SLICE(" "); rest.length;) {
		size_t word = count_word(rest);

		/* Never in front of the first word: some readers take such a field for an empty one. */
		if (out.length - line + blanks.length + word > LINE_BYTES &&
		    rest.data != ascii_trim(value).data) {
			text_append_string(&out, line_end);
			line = out.length;
		}
		put_blanks(blanks, &out);
		text_append(&out, rest.data, word);
		rest = slice_from(rest, word);
		blanks = slice(rest.data, count_blanks(rest));
		rest = slice_from(rest, blanks.length);
	}
	text_append_string(&out, line_end);
	return arena_copy_slice(arena, text_slice(&out));
}

/* RFC 2047, 5 (3): no encoded word stands within an addr-spec, so this is nothing for one beyond ASCII. */
static bool write_mailboxes(const char *name, Slice value, Text *list, Arena *arena)
{
	if (ascii_only(value) || !address_is_field(slice_of(name)) ||
	    !address_list_is_mailboxes(value, arena))
		return false;
	address_write_list(value, list, arena);
	return ascii_only(text_slice(list));
}

Slice field_write(const char *name, Slice value, const char *line_end, Arena *arena)
{
	AUTO_VALUE(Text) list = { 0 };

	if (write_mailboxes(name, value, &list, arena))
		return field_write_folded(name, text_slice(&list), line_end, arena);
	return field_write_folded(name, words_encode(ascii_trim(value), strlen(name) + 2, arena), line_end,
				  arena);
}
