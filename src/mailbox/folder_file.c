/* folder_file - lines of a key and a value */
#include "mailbox/folder_file.h"

#include "base/ascii.h"

/* The line at `*at`, without its end; `*at` moves behind it.  False at the end. */
static bool next_line(Slice content, size_t *at, Slice *line)
{
	const char *end;

	if (*at >= content.length)
		return false;
	end = memchr(content.data + *at, '\n', content.length - *at);
	*line = slice(content.data + *at, end ? (size_t)(end - content.data) - *at : content.length - *at);
	*at += line->length + 1;
	return true;
}

static bool has_key(Slice line, Slice key, Slice *value)
{
	if (line.length < key.length || !ascii_equal_fold(slice(line.data, key.length), key))
		return false;
	if (line.length > key.length && !ascii_is_blank(line.data[key.length]))
		return false;
	*value = ascii_trim(slice_from(line, key.length));
	return true;
}

bool folder_file_next(Slice content, Slice key, size_t *at, Slice *value)
{
	Slice line;

	while (next_line(content, at, &line))
		if (has_key(ascii_trim(line), key, value))
			return true;
	return false;
}

void folder_file_unescape(Slice value, Text *out)
{
	for (size_t i = 0; i < value.length; i++) {
		char c = value.data[i];

		if (c == '\\' && i + 1 < value.length) {
			c = value.data[++i];
			c = c == 'n' ? '\n' : c == 'r' ? '\r' : c;
		}
		text_append_char(out, c);
	}
}

void folder_file_escape(Slice value, Text *out)
{
	for (size_t i = 0; i < value.length; i++) {
		char c = value.data[i];

		if (c == '\n' || c == '\r' || c == '\\')
			text_append_char(out, '\\');
		text_append_char(out, c == '\n' ? 'n' : c == '\r' ? 'r' : c);
	}
}

void folder_file_set(Slice content, Slice key, const Slice *value, Text *out)
{
	size_t at = 0;
	Slice line, old;

	while (next_line(content, &at, &line))
		if (!has_key(ascii_trim(line), key, &old)) {
			text_append_slice(out, line);
			text_append_char(out, '\n');
		}
	if (!value)
		return;
	text_append_slice(out, key);
	text_append_char(out, ' ');
	text_append_slice(out, *value);
	text_append_char(out, '\n');
}
