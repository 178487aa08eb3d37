#include "modules/mime/casemap.h"

#include <glib.h>

#include "base/utf8.h"

enum {
	DECOMPOSED_MAX = G_UNICHAR_MAX_DECOMPOSITION_LENGTH
};

static void put_character(gunichar character, Text *folded)
{
	char bytes[6];
	int length = g_unichar_to_utf8(character, bytes);

	text_append(folded, bytes, (size_t)length);
}

/* One character: its title case, taken apart as far as it goes, by the rules for compatibility too. */
static void fold_character(gunichar character, Text *folded)
{
	gunichar parts[DECOMPOSED_MAX];
	gsize count = g_unichar_fully_decompose(g_unichar_totitle(character), TRUE, parts, DECOMPOSED_MAX);

	for (gsize i = 0; i < count && i < DECOMPOSED_MAX; i++)
		put_character(parts[i], folded);
}

void casemap(Slice text, Text *folded, Text *starts)
{
	while (text.length) {
		uint32_t character = 0;
		size_t before = folded->length;
		size_t length = utf8_decode(text.data, text.length, &character);

		if (length)
			fold_character(character, folded);
		else
			text_append_char(folded, *text.data);
		for (size_t i = before; starts && i < folded->length; i++)
			text_append_char(starts, i == before);
		text = slice_from(text, length ? length : 1);
	}
}
