/* The raw bytes of a header's fields are the header again, each field is found by its name, and a message is
 * all of its bytes. */
#include "fuzz.h"

#include "base/ascii.h"
#include "base/failure.h"
#include "message/header.h"
#include "message/message.h"

static void look_at_field(const HeaderField *field, Slice block, Arena *arena)
{
	Slice value = header_unfold(field, arena);

	LAW(fuzz_within(field->raw, block));
	LAW(fuzz_within(field->name, field->raw) || !field->name.length);
	LAW(fuzz_within(field->value, field->raw));
	LAW(!field->name.length || field->value.data > field->name.data + field->name.length);
	LAW(!memchr(value.data, '\n', value.length));
	LAW(value.length <= field->value.length);
}

/* Each field with a name is the first of its name, or the next of exactly one other. */
static void look_at_names(const HeaderIndex *index)
{
	size_t named = 0, found = 0;

	for (size_t i = 0; i < index->count; i++) {
		const HeaderField *field = &index->fields[i], *next = header_next(index, field);

		if (!field->name.length)
			continue;
		named++;
		found += header_find(index, field->name) == field;
		found += next != NULL;
		LAW(!next || (next > field && ascii_equal_fold(next->name, field->name)));
	}
	LAW(named == found);
}

static void look_at_index(Slice block)
{
	AUTO(Arena) arena = arena_new();
	const HeaderIndex *index = header_index(block, arena);
	const char *at = block.data;
	uint32_t line = 1;

	for (size_t i = 0; i < index->count; i++) {
		const HeaderField *field = &index->fields[i];

		LAW(field->raw.data == at && field->raw.length > 0, "field %zu does not follow", i);
		LAW(field->line == line, "field %zu is in line %u", i, field->line);
		look_at_field(field, block, arena);
		for (size_t byte = 0; byte < field->raw.length; byte++)
			line += field->raw.data[byte] == '\n';
		at += field->raw.length;
	}
	LAW(at == block.data + block.length, "%td bytes behind the last field",
	    block.data + block.length - at);
	look_at_names(index);
}

/* The end is the first empty line. */
static void look_at_end(Slice bytes)
{
	size_t header_length, body_offset;
	Slice end;

	if (!header_find_end(bytes, &header_length, &body_offset))
		return;
	LAW(header_length < body_offset && body_offset <= bytes.length);
	end = slice(bytes.data + header_length, body_offset - header_length);
	LAW(slice_equal(end, SLICE("\n")) || slice_equal(end, SLICE("\r\n")));
	LAW(header_length == 0 || bytes.data[header_length - 1] == '\n');
	LAW(!memmem(bytes.data, header_length, "\n\n", 2) && !memmem(bytes.data, header_length, "\n\r\n", 3));
	look_at_index(slice(bytes.data, header_length));
}

/* Nothing of it is lost but what stands before the header and is no part of it. */
static void look_at_message(Slice input)
{
	AUTO_VALUE(Message) message = { 0 };
	Failure why = { 0 };
	auto_free char *bytes = malloc(input.length + 1);
	size_t got;

	message_from_bytes(&message, input);
	LAW(message.size_bytes >= 0 && (size_t)message.size_bytes <= input.length);
	LAW(message.body_offset <= message.size_bytes);
	LAW(message.header.length <= (size_t)message.body_offset);
	LAW(message_read(&message, 0, bytes, input.length, &got, &why), "%s", why.text);
	LAW_SAME(slice(bytes, got), slice_from(input, input.length - (size_t)message.size_bytes));
	look_at_index(message.header);
}

static void fuzz(Slice input)
{
	look_at_index(input);
	look_at_end(input);
	look_at_message(input);
}
