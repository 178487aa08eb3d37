/* fuzz_json - a strict reader of JSON, by the grammar of RFC 8259, to judge what is written as that */
#ifndef TESTS_FUZZ_JSON_H
#define TESTS_FUZZ_JSON_H

#include "base/ascii.h"
#include "base/json.h"
#include "base/utf8.h"

enum {
	FUZZ_JSON_DEPTH = 16
};

static inline bool fuzz_json_take(Slice *rest, const char *word)
{
	size_t length = strlen(word);

	while (rest->length && strchr(" \t\r\n", *rest->data) && *rest->data)
		*rest = slice_from(*rest, 1);
	if (rest->length < length || memcmp(rest->data, word, length) != 0)
		return false;
	*rest = slice_from(*rest, length);
	return true;
}

/* "\u1234"; surrogates only as the pair that they must be. */
static inline bool fuzz_json_unicode(Slice *rest, Text *text)
{
	uint32_t code = 0;
	char bytes[4];
	size_t length;

	for (size_t i = 0; i < 4; i++) {
		int digit = i < rest->length ? ascii_hex_value(rest->data[i]) : -1;

		if (digit < 0)
			return false;
		code = code * 16 + (uint32_t)digit;
	}
	*rest = slice_from(*rest, 4);
	length = utf8_encode(code, bytes);
	text_append(text, bytes, length);
	return length > 0;
}

static inline bool fuzz_json_escape(Slice *rest, Text *text)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	char c = rest->length ? *rest->data : '\0';
	const char *letter = c ? strchr(letters, c) : NULL;

	*rest = slice_from(*rest, 1);
	if (c == 'u')
		return fuzz_json_unicode(rest, text);
	if (letter)
		text_append_char(text, meanings[letter - letters]);
	return letter != NULL;
}

/* Appends what the string behind the opening quote says to `text`. */
static inline bool fuzz_json_string(Slice *rest, Text *text)
{
	while (rest->length) {
		char c = *rest->data;

		*rest = slice_from(*rest, 1);
		if (c == '"')
			return utf8_valid(text_slice(text));
		if ((unsigned char)c < ' ' || (c == '\\' && !fuzz_json_escape(rest, text)))
			return false;
		if (c != '\\')
			text_append_char(text, c);
	}
	return false;
}

static inline bool fuzz_json_number(Slice *rest)
{
	size_t digits = 0;

	fuzz_json_take(rest, "-");
	while (digits < rest->length && ascii_is_digit(rest->data[digits]))
		digits++;
	if (!digits || (digits > 1 && *rest->data == '0'))
		return false;
	*rest = slice_from(*rest, digits);
	return true;
}

/* One value; `text` gets what its strings say, one behind the other. */
static inline bool fuzz_json_value(Slice *rest, unsigned depth, Text *text)
{
	bool is_object = fuzz_json_take(rest, "{"), more = true;
	const char *close = is_object ? "}" : "]";

	if (!is_object && !fuzz_json_take(rest, "[")) {
		if (fuzz_json_take(rest, "\""))
			return fuzz_json_string(rest, text);
		return fuzz_json_take(rest, "true") || fuzz_json_take(rest, "false") ||
		       fuzz_json_take(rest, "null") || fuzz_json_number(rest);
	}
	if (depth == FUZZ_JSON_DEPTH || fuzz_json_take(rest, close))
		return depth < FUZZ_JSON_DEPTH;
	for (; more; more = fuzz_json_take(rest, ",")) {
		if (is_object && !(fuzz_json_take(rest, "\"") && fuzz_json_string(rest, text) &&
				   fuzz_json_take(rest, ":")))
			return false;
		if (!fuzz_json_value(rest, depth + 1, text))
			return false;
	}
	return fuzz_json_take(rest, close);
}

/* Is it JSON, one value and nothing behind it but blanks? */
static inline bool fuzz_json_is(Slice bytes)
{
	AUTO_VALUE(Text) text = { 0 };

	return fuzz_json_value(&bytes, 0, &text) && ascii_trim(bytes).length == 0;
}

#endif
