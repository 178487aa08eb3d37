/* address_spec - an address and a display name from their tokens
 * RFC 5322, section 3.4.1 and 4.4
 *
 * The usual forms are borrowed from the value: nothing is copied for "Alice <a@b>". */
#include "message/address_spec.h"

bool address_is_dot(const Token *token)
{
	return token->kind == TOKEN_ATOM && token->text.length == 1 && token->text.data[0] == '.';
}

Slice address_unescape(Slice text, Arena *arena)
{
	char *out;
	size_t length = 0;

	if (!text.length || !memchr(text.data, '\\', text.length))
		return text;
	out = arena_alloc(arena, text.length);
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] == '\\' && i + 1 < text.length)
			i++;
		out[length++] = text.data[i];
	}
	return slice(out, length);
}

static Slice token_text(const Token *token, Arena *arena)
{
	return token->kind == TOKEN_QUOTED ? address_unescape(token->text, arena) : token->text;
}

/* Blanks, comments and such between two words are one blank; around dots and "@" nothing. */
static bool has_blank_between(const Token *token, const Token *next)
{
	return next->spaced && next->kind != TOKEN_COMMA && next->kind != TOKEN_AT &&
	       token->kind != TOKEN_AT && !address_is_dot(token) && !address_is_dot(next);
}

static Slice join(const Token *tokens, size_t count, Arena *arena)
{
	size_t room = 0, length = 0;
	char *out;

	if (count == 1)
		return token_text(tokens, arena);
	for (size_t i = 0; i < count; i++)
		room += tokens[i].text.length + 1;
	out = arena_alloc(arena, room);
	for (size_t i = 0; i < count; i++) {
		Slice text = token_text(&tokens[i], arena);

		if (i && has_blank_between(&tokens[i - 1], &tokens[i]))
			out[length++] = ' ';
		memcpy(out + length, text.data, text.length);
		length += text.length;
	}
	return slice(out, length);
}

Slice address_phrase(Slice value, const Token *tokens, size_t count, Arena *arena)
{
	Slice raw = slice(value.data + tokens[0].from, tokens[count - 1].to - tokens[0].from);

	if (count > 1 && !memchr(raw.data, '"', raw.length) && !memchr(raw.data, '(', raw.length) &&
	    !memchr(raw.data, ')', raw.length))
		return raw;
	return join(tokens, count, arena);
}

/* How many tokens behind the "@" are the domain: blanks end it, unless a dot is near. */
static size_t domain_tokens(const Token *tokens, size_t count)
{
	size_t length = 1;

	while (length < count && (!tokens[length].spaced || address_is_dot(&tokens[length]) ||
				  address_is_dot(&tokens[length - 1])))
		length++;
	return length;
}

/* What is none of the liberties that address.c lists: "<undisclosed:@a;>" has no parts (RFC 5228, 2.7.4). */
static bool is_foreign(const Token *token)
{
	return token->kind == TOKEN_ATOM && strchr("[]:", token->text.data[0]);
}

static bool is_local_part(const Token *tokens, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (tokens[i].kind == TOKEN_LITERAL || is_foreign(&tokens[i]))
			return false;
	return true;
}

static bool is_domain(const Token *tokens, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (tokens[i].kind == TOKEN_QUOTED || (tokens[i].kind == TOKEN_LITERAL && count > 1) ||
		    is_foreign(&tokens[i]))
			return false;
	return true;
}

/* local@domain as one string: the value's own when it stands there like that. */
static Slice whole_text(Slice local, Slice domain, Arena *arena)
{
	char *out;

	if (local.data + local.length + 1 == domain.data && local.data[local.length] == '@')
		return slice(local.data, local.length + 1 + domain.length);
	out = arena_alloc(arena, local.length + 1 + domain.length);
	memcpy(out, local.data, local.length);
	out[local.length] = '@';
	memcpy(out + local.length + 1, domain.data, domain.length);
	return slice(out, local.length + 1 + domain.length);
}

Address address_from_tokens(const Token *tokens, size_t count, Slice raw, Arena *arena)
{
	Slice none = slice(raw.data, 0);
	Address address = { .name = none, .local_part = none, .domain = none, .text = raw };
	size_t at = count, domain_count;

	while (at > 0 && tokens[at - 1].kind != TOKEN_AT)
		at--;
	if (at == 0) {
		if (count == 1)
			address.text = address.local_part = token_text(tokens, arena);
		return address;
	}
	if (at == 1 || at == count)
		return address;
	domain_count = domain_tokens(tokens + at, count - at);
	if (!is_local_part(tokens, at - 1) || !is_domain(tokens + at, domain_count))
		return address;
	address.local_part = join(tokens, at - 1, arena);
	address.domain = join(tokens + at, domain_count, arena);
	address.text = whole_text(address.local_part, address.domain, arena);
	address.valid = true;
	return address;
}
