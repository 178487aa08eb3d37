#include "message/html_charset.h"

#include <string.h>

#include "base/ascii.h"

enum {
	LOOKED_AT_BYTES = 1024 /* as browsers do */
};

/* What the attributes of one <meta> said. */
typedef struct Meta {
	Slice charset, content;
	bool is_content_type; /* http-equiv */
} Meta;

static bool ends_name(char c)
{
	return ascii_is_space(c) || c == '/' || c == '>' || c == '=';
}

static void skip_spaces(Slice *rest)
{
	size_t count = 0;

	while (count < rest->length && ascii_is_space(rest->data[count]))
		count++;
	*rest = slice_from(*rest, count);
}

static Slice take_until(Slice *rest, bool (*ends)(char c))
{
	size_t length = 0;
	Slice taken;

	while (length < rest->length && !ends(rest->data[length]))
		length++;
	taken = slice(rest->data, length);
	*rest = slice_from(*rest, length);
	return taken;
}

static bool ends_bare_value(char c)
{
	return ascii_is_space(c) || c == '>' || c == ';';
}

/* In quotes or not. */
static Slice take_value(Slice *rest)
{
	char quote = rest->length ? rest->data[0] : '\0';
	const char *end;
	Slice value;

	if (quote != '"' && quote != '\'')
		return take_until(rest, ends_bare_value);
	*rest = slice_from(*rest, 1);
	end = rest->length ? memchr(rest->data, quote, rest->length) : NULL;
	value = slice(rest->data, end ? (size_t)(end - rest->data) : rest->length);
	*rest = slice_from(*rest, value.length + 1);
	return value;
}

static bool take_equals(Slice *rest)
{
	skip_spaces(rest);
	if (!rest->length || rest->data[0] != '=')
		return false;
	*rest = slice_from(*rest, 1);
	skip_spaces(rest);
	return true;
}

/* One attribute; false at the end of the tag. */
static bool take_attribute(Slice *rest, Meta *meta)
{
	Slice name, value = SLICE("");

	while (rest->length && (ascii_is_space(rest->data[0]) || rest->data[0] == '/'))
		*rest = slice_from(*rest, 1);
	if (!rest->length || rest->data[0] == '>')
		return false;
	name = take_until(rest, ends_name);
	if (!name.length)
		*rest = slice_from(*rest, 1);
	if (take_equals(rest))
		value = take_value(rest);
	if (ascii_equal_fold(name, SLICE("charset")))
		meta->charset = ascii_trim(value);
	else if (ascii_equal_fold(name, SLICE("content")))
		meta->content = value;
	else if (ascii_equal_fold(name, SLICE("http-equiv")))
		meta->is_content_type = ascii_equal_fold(ascii_trim(value), SLICE("content-type"));
	return true;
}

/* "text/html; charset=x" */
static Slice charset_in(Slice content)
{
	for (; content.length; content = slice_from(content, 1)) {
		Slice rest;

		if (!ascii_starts_with_fold(content, "charset"))
			continue;
		rest = slice_from(content, strlen("charset"));
		if (take_equals(&rest))
			return take_value(&rest);
	}
	return SLICE("");
}

static Slice charset_of(Slice *rest)
{
	Meta meta = { .charset = SLICE(""), .content = SLICE("") };

	while (take_attribute(rest, &meta))
		continue;
	if (!meta.charset.length && meta.is_content_type)
		return charset_in(meta.content);
	return meta.charset;
}

static Slice mark_of(Slice page)
{
	if (page.length > 2 && memcmp(page.data, "\xef\xbb\xbf", 3) == 0)
		return SLICE("utf-8");
	if (page.length > 1 && memcmp(page.data, "\xfe\xff", 2) == 0)
		return SLICE("utf-16be");
	if (page.length > 1 && memcmp(page.data, "\xff\xfe", 2) == 0)
		return SLICE("utf-16le");
	return SLICE("");
}

static void skip_comment(Slice *rest)
{
	const char *end = memmem(rest->data, rest->length, "-->", 3);

	*rest = slice_from(*rest, end ? (size_t)(end - rest->data) : rest->length);
}

Slice html_charset(Slice page)
{
	Slice rest = slice(page.data, page.length < LOOKED_AT_BYTES ? page.length : LOOKED_AT_BYTES);
	Slice charset = mark_of(page);

	while (!charset.length && rest.length) {
		const char *open = memchr(rest.data, '<', rest.length);

		rest = slice_from(rest, open ? (size_t)(open - rest.data) : rest.length);
		if (ascii_starts_with_fold(rest, "<!--")) {
			skip_comment(&rest);
		} else if (ascii_starts_with_fold(rest, "<meta") && rest.length > 5 &&
			   (ascii_is_space(rest.data[5]) || rest.data[5] == '/')) {
			rest = slice_from(rest, 5);
			charset = charset_of(&rest);
			/* It was read as ASCII so far: it is not what it says (13.2.3.2, step 14). */
			if (ascii_starts_with_fold(charset, "utf-16"))
				charset = SLICE("utf-8");
		} else {
			rest = slice_from(rest, 1);
		}
	}
	return charset;
}
