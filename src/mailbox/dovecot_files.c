/* dovecot_files - Dovecot's uidlist and its dictionary of attributes */
#include "mailbox/dovecot_files.h"

#include "base/ascii.h"

static Slice take_line(Slice *rest)
{
	const char *end = rest->length ? memchr(rest->data, '\n', rest->length) : NULL;
	Slice line = slice(rest->data, end ? (size_t)(end - rest->data) : rest->length);

	*rest = slice_from(*rest, line.length + 1);
	return line;
}

/* "3 V1275660208 N25022 G3085f01b7f11094c501100008c4a11c1": version 3, and the id behind the G. */
Slice dovecot_uidlist_id(Slice beginning)
{
	Slice line = take_line(&beginning);

	if (line.length < 2 || line.data[0] != '3' || line.data[1] != ' ')
		return SLICE("");
	while (line.length) {
		const char *blank = memchr(line.data, ' ', line.length);
		size_t length = blank ? (size_t)(blank - line.data) : line.length;

		if (length > 1 && line.data[0] == 'G')
			return slice(line.data + 1, length - 1);
		line = slice_from(line, length + 1);
	}
	return SLICE("");
}

void dovecot_attribute_key(Slice id, const char *entry, bool of_server, Text *key)
{
	bool is_private = ascii_starts_with_fold(slice_of(entry), "/private/");

	text_append_string(key, is_private ? "priv/" : "shared/");
	text_append_slice(key, id);
	text_append_string(key, of_server ? "/vendor/vendor.dovecot/pvt/server/" : "/");
	text_append_string(key, entry + strlen(is_private ? "/private/" : "/shared/"));
}

/* "\001" goes before a letter for what cannot stand in a line. */
static void append_value(Slice value, Text *out)
{
	for (size_t i = 0; i < value.length; i++) {
		char c = value.data[i];

		if (c == '\001' && i + 1 < value.length) {
			c = value.data[++i];
			c = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c == '0' ? '\0' : '\001';
		}
		text_append_char(out, c);
	}
}

/* A line for each key, and one behind it for its value. */
bool dovecot_attribute_find(Slice dictionary, Slice key, Text *value)
{
	while (dictionary.length) {
		Slice its_key = take_line(&dictionary), its_value = take_line(&dictionary);

		if (!ascii_equal_fold(its_key, key))
			continue;
		append_value(its_value, value);
		return true;
	}
	return false;
}
