#include "message/address_write.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/words.h"

/* A dot-string that needs no quotes; what is beyond ASCII is an atom too (RFC 6532). */
static bool is_dot_string(Slice text)
{
	for (size_t i = 0; i < text.length; i++) {
		char c = text.data[i];

		if (c == '.' && (i == 0 || i + 1 == text.length || text.data[i - 1] == '.'))
			return false;
		if (ascii_is_control(c) || strchr(" ()<>@,;:\\\"[]", c))
			return false;
	}
	return text.length > 0;
}

const char *address_spec(const Address *address, Arena *arena)
{
	AUTO_VALUE(Text) spec = { 0 };

	if (!address->valid)
		return NULL;
	if (is_dot_string(address->local_part))
		text_append_slice(&spec, address->local_part);
	else
		text_append_quoted(&spec, address->local_part);
	text_append_char(&spec, '@');
	text_append_slice(&spec, address->domain);
	return address_is_safe(text_slice(&spec)) ? arena_copy_string(arena, text_string(&spec)) : NULL;
}

const char *address_in_field(const char *address, Arena *arena)
{
	const char *at = strrchr(address, '@');
	const Address parts = { .local_part = slice(address, at ? (size_t)(at - address) : 0),
				.domain = slice_of(at ? at + 1 : ""),
				.valid = at };
	const char *spec = address[0] == '"' ? NULL : address_spec(&parts, arena);

	return spec ? spec : address;
}

bool address_write(const Address *address, Text *value, Arena *arena)
{
	const char *spec = address_spec(address, arena);
	Slice name = ascii_trim(words_decode(address->name, arena));

	if (!spec)
		return false;
	if (!name.length) {
		text_append_string(value, spec);
		return true;
	}
	text_append_slice(value, words_encode_phrase(name, value->length, arena));
	text_printf(value, " <%s>", spec);
	return true;
}

size_t address_write_list(Slice list, Text *value, Arena *arena)
{
	const AddressList addresses = address_parse_list(list, arena);
	size_t written = 0;

	for (size_t i = 0; i < addresses.count; i++) {
		size_t before = value->length;

		if (written)
			text_append_string(value, ", ");
		if (address_write(&addresses.items[i], value, arena))
			written++;
		else
			text_truncate(value, before);
	}
	return written;
}

bool address_list_is_safe(Slice list, Arena *arena)
{
	const AddressList addresses = address_parse_list(list, arena);

	for (size_t i = 0; i < list.length; i++)
		if (ascii_is_control(list.data[i]) && list.data[i] != '\t')
			return false;
	for (size_t i = 0; i < addresses.count; i++)
		if (!address_spec(&addresses.items[i], arena))
			return false;
	return addresses.count > 0 && !addresses.cut && utf8_valid(list);
}

/* Outside of quotes, comments and literals a colon begins a group (RFC 5322, 3.4). */
static bool has_group(Slice value)
{
	char close = '\0';

	for (size_t i = 0; i < value.length; i++) {
		char c = value.data[i];

		if (close && c == '\\')
			i++;
		else if (close)
			close = c == close ? '\0' : close;
		else if (c == ':')
			return true;
		else
			close = c == '"' ? '"' : c == '(' ? ')' : c == '[' ? ']' : '\0';
	}
	return false;
}

bool address_list_is_mailboxes(Slice list, Arena *arena)
{
	return address_list_is_safe(list, arena) && !has_group(list);
}
