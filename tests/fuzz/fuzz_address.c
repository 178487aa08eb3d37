/* An address that was read and written is read as the same again, and what is let pass as safe is what stands
 * in an envelope (RFC 5322, 3.4). */
#include "fuzz.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/address.h"
#include "message/address_write.h"
#include "message/limits.h"
#include "message/words.h"

/* A display name as people see it: decoded, and blanks count as one, because folds may fall on them. */
static void as_seen(Slice name, Arena *arena, Text *seen)
{
	Slice decoded = ascii_trim(words_decode(name, arena));

	for (size_t i = 0; i < decoded.length; i++) {
		bool blank = ascii_is_space(decoded.data[i]) || decoded.data[i] == '\0';

		if (!blank)
			text_append_char(seen, decoded.data[i]);
		else if (seen->length && seen->data[seen->length - 1] != ' ')
			text_append_char(seen, ' ');
	}
	while (seen->length && seen->data[seen->length - 1] == ' ')
		text_truncate(seen, seen->length - 1);
}

static void look_at_name(Slice found, Slice expected, Arena *arena)
{
	AUTO_VALUE(Text) found_text = { 0 }, expected_text = { 0 };

	as_seen(found, arena, &found_text);
	as_seen(expected, arena, &expected_text);
	LAW_SAME(text_slice(&found_text), text_slice(&expected_text));
}

static void take_folds_out(Text *text)
{
	size_t kept = 0;

	for (size_t i = 0; i < text->length; i++)
		if (text->data[i] != '\n')
			text->data[kept++] = text->data[i];
	text_truncate(text, kept);
}

/* Written, it is one address of a list, and the same one. */
static void look_at_written(const Address *address, Arena *arena)
{
	AUTO_VALUE(Text) written = { 0 };
	AddressList again;
	Address envelope;
	const char *spec = address_spec(address, arena);

	LAW(address_write(address, &written, arena) == (spec != NULL));
	if (!spec)
		return;
	take_folds_out(&written);
	again = address_parse_list(text_slice(&written), arena);
	LAW(again.count == 1, "%zu addresses in '%s'", again.count, text_string(&written));
	LAW_SAME(again.items[0].local_part, address->local_part);
	LAW_SAME(again.items[0].domain, address->domain);
	look_at_name(again.items[0].name, address->name, arena);
	LAW(address_is_safe(slice_of(spec)));
	LAW(address_parse_envelope(slice_of(spec), &envelope, arena));
	LAW_SAME(envelope.local_part, address->local_part);
	LAW_SAME(envelope.domain, address->domain);
}

static void look_at_address(const Address *address, Arena *arena)
{
	LAW(!address->valid || (address->local_part.length || address->text.length));
	LAW(!address->valid || !address->domain.length || address->text.length > address->domain.length);
	look_at_written(address, arena);
}

static void look_at_safe(Slice input, Arena *arena)
{
	Address envelope;

	if (!address_is_safe(input))
		return;
	LAW(utf8_valid(input));
	LAW(address_parse_envelope(input, &envelope, arena));
	LAW(envelope.valid && envelope.domain.length);
	LAW(envelope.local_part.length ||
	    input.data[0] == '"'); /* RFC 5321, 4.1.2: quotes may hold nothing */
	for (size_t i = 0; i < input.length; i++)
		LAW(!ascii_is_control(input.data[i]));
}

static void fuzz(Slice input)
{
	AUTO(Arena) arena = arena_new();
	AddressList list = address_parse_list(input, arena);
	AUTO_VALUE(Text) written = { 0 };

	LAW(list.count <= LIMIT_ADDRESSES);
	for (size_t i = 0; i < list.count; i++)
		look_at_address(&list.items[i], arena);
	LAW(address_write_list(input, &written, arena) <= list.count);
	look_at_safe(input, arena);
}
