#include "plan/wire.h"

#include <string.h>

#include "base/utf8.h"

enum {
	NUMBER_BYTES = 8
};

void wire_put_byte(Text *out, unsigned value)
{
	text_append_char(out, (char)value);
}

void wire_put_number(Text *out, uint64_t value)
{
	char bytes[NUMBER_BYTES];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(value >> (8 * i) & 0xff);
	text_append(out, bytes, sizeof bytes);
}

void wire_put_bytes(Text *out, Slice bytes)
{
	wire_put_number(out, bytes.length);
	text_append_slice(out, bytes);
}

void wire_put_string(Text *out, const char *string)
{
	wire_put_byte(out, string != NULL);
	if (string)
		wire_put_bytes(out, slice_of(string));
}

void wire_put_text(Text *out, const char *text, size_t limit)
{
	wire_put_bytes(out, utf8_cut(slice_of(text ? text : ""), limit));
}

unsigned wire_wrong(WireReader *reader, const char *wrong)
{
	if (!reader->wrong)
		reader->wrong = wrong;
	reader->rest.length = 0;
	return 0;
}

uint64_t wire_get_number(WireReader *reader, uint64_t most)
{
	uint64_t value = 0;

	if (reader->rest.length < NUMBER_BYTES)
		return wire_wrong(reader, "it ends too soon");
	for (unsigned i = 0; i < NUMBER_BYTES; i++)
		value |= (uint64_t)(unsigned char)reader->rest.data[i] << (8 * i);
	reader->rest = slice_from(reader->rest, NUMBER_BYTES);
	return value <= most ? value : wire_wrong(reader, "a number is beyond its limit");
}

unsigned wire_get_byte(WireReader *reader, unsigned most)
{
	unsigned value;

	if (reader->rest.length < 1)
		return wire_wrong(reader, "it ends too soon");
	value = (unsigned char)reader->rest.data[0];
	reader->rest = slice_from(reader->rest, 1);
	return value <= most ? value : wire_wrong(reader, "a byte has no meaning");
}

bool wire_get_bool(WireReader *reader)
{
	return wire_get_byte(reader, 1) != 0;
}

Slice wire_get_bytes(WireReader *reader, size_t limit)
{
	size_t length = (size_t)wire_get_number(reader, limit);
	Slice bytes = reader->rest;

	if (length > bytes.length)
		length = wire_wrong(reader, "a string ends too soon");
	reader->rest = slice_from(reader->rest, length);
	return slice(bytes.data, length);
}

static char *get_copy(WireReader *reader, size_t limit)
{
	Slice bytes = wire_get_bytes(reader, limit);

	if (memchr(bytes.data, '\0', bytes.length))
		bytes.length = wire_wrong(reader, "a string has a NUL");
	return arena_copy_bytes(reader->arena, bytes.data, bytes.length);
}

char *wire_get_string(WireReader *reader, size_t limit)
{
	return wire_get_bool(reader) ? get_copy(reader, limit) : NULL;
}

const char *wire_get_text(WireReader *reader, size_t limit, bool lines)
{
	char *text = get_copy(reader, limit);
	size_t left = strlen(text);

	for (char *at = text; left;) {
		uint32_t code_point = 0;
		size_t length = utf8_decode(at, left, &code_point);
		bool allowed = code_point == '\t' || (code_point == '\n' && lines);

		if (length == 0 || (code_point < 32 && !allowed) || (code_point >= 127 && code_point < 160)) {
			length = length ? length : 1;
			memset(at, '?', length);
		}
		at += length;
		left -= length;
	}
	return text;
}
