/* What is read of a MIME field is text of one line, within the limits; written in quotes it is read as the
 * same again (RFC 2045, 5.1; RFC 2231). */
#include "fuzz.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/limits.h"
#include "message/parameters.h"

static bool is_one_line(Slice text)
{
	return utf8_valid(text) && !memchr(text.data, '\n', text.length) &&
	       !memchr(text.data, '\r', text.length) && !memchr(text.data, '\0', text.length);
}

/* A token that can be written in front of "=", so that nothing of it is RFC 2231. */
static bool is_plain_name(Slice name)
{
	for (size_t i = 0; i < name.length; i++)
		if (!ascii_is_alnum(name.data[i]) && name.data[i] != '-')
			return false;
	return name.length > 0;
}

/* Encoded words are read even here. */
static bool is_plain_value(Slice value)
{
	return !memmem(value.data, value.length, "=?", 2);
}

static void look_at_written(const Parameter *parameter, Arena *arena)
{
	AUTO_VALUE(Text) field = { 0 };
	Parameters again;

	text_append_string(&field, "a/b; ");
	text_append_slice(&field, parameter->name);
	text_append_char(&field, '=');
	text_append_quoted(&field, parameter->value);
	again = parameters_read(text_slice(&field), arena);
	LAW_SAME(again.type, SLICE("a"));
	LAW_SAME(again.subtype, SLICE("b"));
	LAW(again.count == 1, "%zu parameters in %s", again.count, text_string(&field));
	LAW_SAME(again.items[0].name, parameter->name);
	LAW_SAME(again.items[0].value, parameter->value);
}

static void fuzz(Slice input)
{
	AUTO(Arena) arena = arena_new();
	Parameters parameters = parameters_read(input, arena);

	LAW(parameters.count <= LIMIT_PARAMETERS);
	LAW(!parameters.type.length == !parameters.subtype.length);
	for (size_t i = 0; i < parameters.count; i++) {
		const Parameter *it = &parameters.items[i];

		LAW(is_one_line(it->value));
		if (is_plain_name(it->name) && is_plain_value(it->value))
			look_at_written(it, arena);
	}
}
