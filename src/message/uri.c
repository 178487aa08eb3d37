#include "message/uri.h"

#include <string.h>

#include "base/ascii.h"

bool uri_is_unreserved(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

static bool is_encoded(Slice text, size_t at)
{
	return at + 2 < text.length && ascii_hex_value(text.data[at + 1]) >= 0 &&
	       ascii_hex_value(text.data[at + 2]) >= 0;
}

bool uri_is_made_of(Slice text, const char *others)
{
	for (size_t i = 0; i < text.length; i++) {
		char c = text.data[i];

		if (c == '%' && is_encoded(text, i))
			i += 2;
		else if (!uri_is_unreserved(c) && (!c || !strchr(others, c)))
			return false;
	}
	return true;
}

static bool is_scheme(Slice scheme)
{
	for (size_t i = 0; i < scheme.length; i++)
		if (!ascii_is_alnum(scheme.data[i]) && !strchr("+-.", scheme.data[i]))
			return false;
	return scheme.length && ascii_is_alpha(scheme.data[0]);
}

bool uri_split(Slice uri, Slice *scheme, Slice *rest)
{
	const char *colon = memchr(uri.data, ':', uri.length);

	/* gen-delims and sub-delims of section 2.2 */
	if (!colon || !uri_is_made_of(uri, ":/?#[]@!$&'()*+,;="))
		return false;
	*scheme = slice(uri.data, (size_t)(colon - uri.data));
	*rest = slice_from(uri, scheme->length + 1);
	return is_scheme(*scheme);
}

Slice uri_decode(Slice text, Arena *arena)
{
	char *out;
	size_t length = 0;

	if (!memchr(text.data, '%', text.length))
		return text;
	out = arena_alloc(arena, text.length);
	for (size_t i = 0; i < text.length; i++)
		if (text.data[i] == '%' && is_encoded(text, i)) {
			out[length++] = (char)(ascii_hex_value(text.data[i + 1]) * 16 +
					       ascii_hex_value(text.data[i + 2]));
			i += 2;
		} else {
			out[length++] = text.data[i];
		}
	return slice(out, length);
}

void uri_encode(char c, Text *out)
{
	if (uri_is_unreserved(c))
		text_append_char(out, c);
	else
		text_printf(out, "%%%02X", (unsigned char)c);
}
