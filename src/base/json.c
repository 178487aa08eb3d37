#include "base/json.h"

#include <inttypes.h>

#include "base/ascii.h"
#include "base/printable.h"
#include "base/utf8.h"

static void append_control(Text *out, char c)
{
	static const char named[] = "btn\0fr"; /* from 8 on; 11 has no short name */
	char letter = c >= 8 && c <= 13 ? named[c - 8] : '\0';

	if (letter) {
		text_append_char(out, '\\');
		text_append_char(out, letter);
	} else {
		text_printf(out, "\\u%04x", (unsigned)(unsigned char)c);
	}
}

/* Bytes that go as they are: a run of them is appended at once. */
static size_t plain_length(Slice bytes)
{
	size_t length = 0;
	uint32_t code_point = 0;

	while (length < bytes.length) {
		char c = bytes.data[length];
		size_t step = 1;

		if (ascii_is_control(c) || c == '"' || c == '\\')
			break;
		if ((unsigned char)c >= 0x80)
			step = utf8_decode(bytes.data + length, bytes.length - length, &code_point);
		if (step == 0 || (step > 1 && !printable_is_harmless(code_point)))
			break;
		length += step;
	}
	return length;
}

/* What is no UTF-8, or would do something to a terminal (all such characters have four digits).  Returns how
 * many bytes that were. */
static size_t append_foreign(Text *out, Slice bytes)
{
	uint32_t code_point;
	size_t length = utf8_decode(bytes.data, bytes.length, &code_point);

	if (length)
		text_printf(out, "\\u%04x", code_point);
	else
		text_append_string(out, "\xEF\xBF\xBD");
	return length ? length : 1;
}

void json_string(Text *out, Slice bytes)
{
	text_append_char(out, '"');
	while (bytes.length) {
		size_t length = plain_length(bytes);

		text_append(out, bytes.data, length);
		bytes = slice_from(bytes, length);
		if (bytes.length == 0)
			break;
		length = 1;
		if (ascii_is_control(bytes.data[0])) {
			append_control(out, bytes.data[0]);
		} else if ((unsigned char)bytes.data[0] >= 0x80) {
			length = append_foreign(out, bytes);
		} else {
			text_append_char(out, '\\');
			text_append_char(out, bytes.data[0]);
		}
		bytes = slice_from(bytes, length);
	}
	text_append_char(out, '"');
}

void json_name(Text *out, const char *name)
{
	char last = out->length ? out->data[out->length - 1] : '{';

	if (last != '{' && last != '[')
		text_append_char(out, ',');
	json_string(out, slice_of(name));
	text_append_char(out, ':');
}

void json_field_string(Text *out, const char *name, const char *value)
{
	json_name(out, name);
	if (value)
		json_string(out, slice_of(value));
	else
		text_append_string(out, "null");
}

void json_field_slice(Text *out, const char *name, Slice value)
{
	json_name(out, name);
	json_string(out, value);
}

void json_field_number(Text *out, const char *name, int64_t value)
{
	json_name(out, name);
	text_printf(out, "%" PRId64, value);
}

void json_field_bool(Text *out, const char *name, bool value)
{
	json_name(out, name);
	text_append_string(out, value ? "true" : "false");
}
