#include "modules/mime/type.h"

#include <gmime/gmime.h>

#include "base/ascii.h"
#include "base/text.h"
#include "message/header.h"

enum {
	/* GMime needs up to 42 times the size of a hostile value; real ones are below 1 KB. */
	VALUE_BYTES = 8192,
	/* RFC 2046 allows 70; some programs write a few more. */
	BOUNDARY_BYTES = 1000,
	NAME_BYTES = 127, /* of a type or subtype: RFC 6838, section 4.2 */
};

/* The value as GMime wants it: one line, a C string, not longer than is sensible. */
static void clean_value(Slice value, Text *out)
{
	if (value.length > VALUE_BYTES)
		value.length = VALUE_BYTES;
	for (size_t i = 0; i < value.length; i++)
		text_append_char(out, ascii_is_control(value.data[i]) ? ' ' : value.data[i]);
}

static const char *lower_copy(Arena *arena, const char *name)
{
	char *copy = arena_copy_bytes(arena, name, strnlen(name, NAME_BYTES));

	for (char *c = copy; *c; c++)
		*c = ascii_lower(*c);
	return copy;
}

static Slice parameter(GMimeContentType *type, const char *name, size_t limit, Arena *arena)
{
	const char *value = g_mime_content_type_get_parameter(type, name);
	Slice all = slice_of(value ? value : "");

	return all.length > limit ? slice("", 0) : arena_copy_slice(arena, all);
}

/* A boundary is bytes that come again in the body.  GMime decodes encoded words in parameters, as
 * people want it for file names; here it would make two different things of one.  Returns what stands
 * between the quotes when it looks like such a word, else `boundary`. */
static Slice literal_boundary(Slice boundary, Slice value)
{
	const Slice start = SLICE("boundary=\"=?");

	for (size_t i = 0; i + start.length <= value.length; i++) {
		Slice rest = slice_from(value, i), inside;
		const char *end;

		if (!ascii_equal_fold(slice(rest.data, start.length), start))
			continue;
		inside = slice_from(rest, start.length - 2);
		end = memchr(inside.data, '"', inside.length);
		return end ? slice(inside.data, (size_t)(end - inside.data)) : boundary;
	}
	return boundary;
}

/* A boundary may end in anything but blanks, which the line would not keep. */
static Slice trim_end(Slice boundary)
{
	while (boundary.length && ascii_is_space(boundary.data[boundary.length - 1]))
		boundary.length--;
	return boundary;
}

/* RFC 2045, section 5.2: what has not the form of a type is plain text. */
static bool has_form(Slice value)
{
	const char *slash = memchr(value.data, '/', value.length);
	Slice before = slice(value.data, slash ? (size_t)(slash - value.data) : 0);
	Slice behind = slash ? ascii_trim(slice_from(value, before.length + 1)) : SLICE("");

	return ascii_trim(before).length > 0 && behind.length > 0 && *behind.data != ';';
}

static void take_type(GMimeContentType *type, Slice value, PartType *result, Arena *arena)
{
	result->type = lower_copy(arena, g_mime_content_type_get_media_type(type));
	result->subtype = lower_copy(arena, g_mime_content_type_get_media_subtype(type));
	result->charset = parameter(type, "charset", NAME_BYTES, arena);
	if (strcmp(result->type, "multipart") == 0) {
		Slice boundary = parameter(type, "boundary", BOUNDARY_BYTES, arena);

		boundary = literal_boundary(boundary, value);
		result->boundary = arena_copy_slice(arena, trim_end(boundary));
	}
}

static void read_type(Slice value, PartType *result, Arena *arena)
{
	AUTO_VALUE(Text) clean = { 0 };
	GMimeContentType *type;

	clean_value(value, &clean);
	if (!has_form(text_slice(&clean)))
		return;
	type = g_mime_content_type_parse(NULL, text_string(&clean));
	take_type(type, text_slice(&clean), result, arena);
	g_object_unref(type);
}

/* "base64", "BASE64 (comment)", "base64;": the first word decides. */
static MimeEncoding read_encoding(Slice value)
{
	static const MimeEncoding ours[] = {
		[GMIME_CONTENT_ENCODING_BASE64] = MIME_BASE64,
		[GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE] = MIME_QUOTED_PRINTABLE,
		[GMIME_CONTENT_ENCODING_UUENCODE] = MIME_UUENCODE,
	};
	char word[32];
	size_t length = 0;

	value = ascii_trim(value);
	while (length < value.length && length < sizeof word - 1 &&
	       (ascii_is_alnum(value.data[length]) || value.data[length] == '-')) {
		word[length] = value.data[length];
		length++;
	}
	word[length] = '\0';
	return ours[g_mime_content_encoding_from_string(word)];
}

PartType part_type_read(Slice header, bool is_digest, Arena *arena)
{
	AUTO(Arena) scratch = arena_new();
	const HeaderIndex *index = header_index(header, scratch);
	/* Of several fields the first counts, as it does for Dovecot, which shows our messages to people. */
	const HeaderField *type = header_find(index, SLICE("content-type"));
	const HeaderField *encoding = header_find(index, SLICE("content-transfer-encoding"));
	PartType result = { .type = "text", .subtype = "plain", .charset = SLICE(""), .boundary = SLICE("") };

	if (type) {
		read_type(header_unfold(type, scratch), &result, arena);
	} else if (is_digest) {
		result.type = "message";
		result.subtype = "rfc822";
	}
	if (encoding)
		result.encoding = read_encoding(header_unfold(encoding, scratch));
	return result;
}
