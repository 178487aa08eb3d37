#include "message/identity.h"

#include <string.h>

#include "base/ascii.h"
#include "base/text.h"
#include "message/address.h"

/* "%n" and "%d" of a user name without an "@" are the name and nothing. */
static void append_variable(char variable, const char *user, Text *out)
{
	const char *at = strchr(user, '@');

	if (variable == 'u')
		text_append_string(out, user);
	else if (variable == 'n')
		text_append(out, user, at ? (size_t)(at - user) : strlen(user));
	else if (variable == 'd' && at)
		text_append_string(out, at + 1);
	else if (variable == '%')
		text_append_char(out, '%');
}

static const char *expand(Slice setting, const Envelope *envelope, Arena *arena)
{
	AUTO_VALUE(Text) out = { 0 };

	for (size_t i = 0; i < setting.length; i++)
		if (setting.data[i] == '%' && i + 1 < setting.length)
			append_variable(setting.data[++i], envelope->user, &out);
		else
			text_append_char(&out, setting.data[i]);
	return address_is_safe(text_slice(&out)) ? arena_copy_string(arena, text_string(&out)) : NULL;
}

const char *identity_address(const char *setting, const Envelope *envelope, Arena *arena)
{
	return setting ? expand(ascii_trim(slice_of(setting)), envelope, arena) : NULL;
}

static const char *qualify(const char *address, const char *host, Arena *arena)
{
	if (!address_is_safe(slice_of(address)) && host && !strchr(address, '@'))
		address = arena_printf(arena, "%s@%s", address, host);
	return address_is_safe(slice_of(address)) ? address : NULL;
}

const char *identity_recipient(const Envelope *envelope, const char *host, Arena *arena)
{
	return qualify(envelope->recipient, host, arena);
}

const char *identity_original_recipient(const Envelope *envelope, const char *host, Arena *arena)
{
	return envelope->original_recipient ? qualify(envelope->original_recipient, host, arena) : NULL;
}

void identity_add(Identity *own, const char *address, Arena *arena)
{
	if (!address)
		return;
	if (own->count == own->capacity) {
		size_t capacity = own->capacity ? own->capacity * 2 : 8;
		const char **items = arena_alloc(arena, capacity * sizeof *items);

		if (own->count)
			memcpy(items, own->items, own->count * sizeof *items);
		own->items = items;
		own->capacity = capacity;
	}
	own->items[own->count++] = arena_copy_string(arena, address);
}

void identity_add_listed(Identity *own, const char *setting, const Envelope *envelope, Arena *arena)
{
	while (setting && *setting) {
		size_t length = strcspn(setting, " \t,");

		if (length)
			identity_add(own, expand(slice(setting, length), envelope, arena), arena);
		setting += length + (setting[length] != '\0');
	}
}

/* `address` without the detail that begins with one of `delimiter`; false when it has none. */
static bool without_detail(Slice address, const char *delimiter, Slice *local, Slice *domain)
{
	const char *at = memrchr(address.data, '@', address.length);
	size_t length = at ? (size_t)(at - address.data) : 0;

	/* what begins with a delimiter is no detail of nothing */
	for (size_t i = 1; i < length; i++)
		if (strchr(delimiter, address.data[i])) {
			*local = slice(address.data, i);
			*domain = slice_from(address, length);
			return true;
		}
	return false;
}

void identity_add_recipient(Identity *own, const Envelope *envelope, const char *host, Arena *arena)
{
	const char *recipient = identity_recipient(envelope, host, arena);
	Slice local, domain;

	identity_add(own, recipient, arena);
	/* Whether there is a detail, the envelope says: a "-" may be part of a name. */
	if (recipient && envelope->detail && envelope->delimiter &&
	    without_detail(slice_of(recipient), envelope->delimiter, &local, &domain))
		identity_add(own,
			     arena_printf(arena, "%.*s%.*s", (int)local.length, local.data,
					  (int)domain.length, domain.data),
			     arena);
}

static bool is_at(const char *address, Slice local, Slice domain)
{
	return strlen(address) == local.length + domain.length &&
	       ascii_equal_fold(slice(address, local.length), local) &&
	       ascii_equal_fold(slice(address + local.length, domain.length), domain);
}

bool identity_has(const Identity *own, Slice address, const char *delimiter)
{
	Slice local = address, domain = slice_from(address, address.length);

	for (size_t i = 0; i < own->count; i++)
		if (is_at(own->items[i], local, domain))
			return true;
	if (!delimiter || !without_detail(address, delimiter, &local, &domain))
		return false;
	for (size_t i = 0; i < own->count; i++)
		if (is_at(own->items[i], local, domain))
			return true;
	return false;
}
