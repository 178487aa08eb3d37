#include "base/json_read.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

typedef struct Reader {
	const char *at, *end;
} Reader;

static void skip_blanks(Reader *reader)
{
	while (reader->at < reader->end && memchr(" \t\r\n", *reader->at, 4))
		reader->at++;
}

static bool take(Reader *reader, char wanted)
{
	skip_blanks(reader);
	if (reader->at >= reader->end || *reader->at != wanted)
		return false;
	reader->at++;
	return true;
}

static bool take_hex(Reader *reader, uint32_t *code)
{
	*code = 0;
	if (reader->end - reader->at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		const char *digits = "0123456789abcdef";
		const char *digit = memchr(digits, reader->at[i] | (reader->at[i] > '9' ? 0x20 : 0), 16);

		if (!digit)
			return false;
		*code = *code << 4 | (uint32_t)(digit - digits);
	}
	reader->at += 4;
	return true;
}

/* Behind "\u": one unit of UTF-16, or two; a half alone becomes U+FFFD. */
static bool take_code(Reader *reader, Text *out)
{
	char bytes[4];
	uint32_t code, low;
	size_t length;

	if (!take_hex(reader, &code))
		return false;
	if (code >= 0xd800 && code < 0xdc00 && reader->end - reader->at >= 6 &&
	    memcmp(reader->at, "\\u", 2) == 0) {
		Reader ahead = { reader->at + 2, reader->end };

		if (take_hex(&ahead, &low) && low >= 0xdc00 && low < 0xe000) {
			code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
			*reader = ahead;
		}
	}
	length = utf8_encode(code, bytes);
	if (length)
		text_append(out, bytes, length);
	else
		text_append_string(out, "\xef\xbf\xbd");
	return true;
}

static bool take_escape(Reader *reader, Text *out)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	const char *letter;

	if (reader->at >= reader->end)
		return false;
	if (*reader->at == 'u') {
		reader->at++;
		return take_code(reader, out);
	}
	letter = memchr(letters, *reader->at++, sizeof letters - 1);
	if (!letter)
		return false;
	text_append_char(out, meanings[letter - letters]);
	return true;
}

static bool take_string(Reader *reader, Text *out)
{
	text_reset(out);
	if (!take(reader, '"'))
		return false;
	while (reader->at < reader->end) {
		char c = *reader->at++;

		if (c == '"')
			return true;
		if (c != '\\')
			text_append_char(out, c);
		else if (!take_escape(reader, out))
			return false;
	}
	return false;
}

/* Anything but a string, strings in it included; it ends where nothing is open any more. */
static bool take_value(Reader *reader, Slice *value)
{
	const char *start;
	size_t depth = 0;
	AUTO_VALUE(Text) ignored = { 0 };

	skip_blanks(reader);
	for (start = reader->at; reader->at < reader->end; reader->at++) {
		const char c = *reader->at;

		if (c == '"') {
			if (!take_string(reader, &ignored))
				return false;
			reader->at--;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
			break;
		} else if (c == '}' || c == ']') {
			depth--;
		}
	}
	*value = slice(start, (size_t)(reader->at - start));
	while (value->length && memchr(" \t\r\n", value->data[value->length - 1], 4))
		value->length--;
	return value->length > 0;
}

bool json_read_object(Slice bytes, JsonMember member, void *self)
{
	Reader reader = { bytes.data, bytes.data + bytes.length };
	AUTO_VALUE(Text) name = { 0 };
	AUTO_VALUE(Text) string = { 0 };
	Slice value;

	if (!take(&reader, '{'))
		return false;
	if (take(&reader, '}'))
		return true;
	do {
		if (!take_string(&reader, &name) || !take(&reader, ':'))
			return false;
		skip_blanks(&reader);
		if (reader.at < reader.end && *reader.at == '"') {
			if (!take_string(&reader, &string))
				return false;
			member(self, text_slice(&name), text_slice(&string), true);
		} else {
			if (!take_value(&reader, &value))
				return false;
			member(self, text_slice(&name), value, false);
		}
	} while (take(&reader, ','));
	return take(&reader, '}');
}
