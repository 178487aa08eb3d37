/* address_envelope - addresses outside of headers: from the MTA, and to it
 * RFC 5321, section 4.1.2 (Mailbox) and 4.5.3.1 (sizes); RFC 6531 (UTF-8) */
#include "base/ascii.h"
#include "base/utf8.h"
#include "message/address.h"
#include "message/address_lexer.h"
#include "message/address_spec.h"

enum {
	/* Local part, "@" and domain at their longest.  Local parts longer than 64 do exist
	 * (VERP, SRS), and relays take them. */
	SAFE_MAX_BYTES = 64 + 1 + 255,
	DOMAIN_MAX_BYTES = 255,
	LABEL_MAX_BYTES = 63,
	/* A local part has dots at most; the rest is a domain literal at most. */
	ENVELOPE_TOKENS = 16,
};

static bool has_controls(Slice text)
{
	for (size_t i = 0; i < text.length; i++)
		if (ascii_is_control(text.data[i]))
			return true;
	return false;
}

static Slice without_angles(Slice text)
{
	if (text.length >= 2 && text.data[0] == '<' && text.data[text.length - 1] == '>')
		return ascii_trim(slice(text.data + 1, text.length - 2));
	return text;
}

/* Reads the tokens of a path, without its source route.  Returns how many; 0 when they cannot
 * be those of an address. */
static size_t read_path(Slice text, Token tokens[ENVELOPE_TOKENS])
{
	AddressLexer lexer = { .value = text };
	size_t count = 0;
	bool route = text.length && text.data[0] == '@';

	for (;;) {
		Token token = address_lexer_next(&lexer);

		if (token.kind == TOKEN_END)
			return route || token.spaced ? 0 : count;
		if (route && token.kind == TOKEN_COLON)
			route = false;
		else if (!route) {
			if (token.kind > TOKEN_AT || token.kind == TOKEN_COMMENT || token.spaced ||
			    count == ENVELOPE_TOKENS)
				return 0;
			tokens[count++] = token;
		}
	}
}

bool address_parse_envelope(Slice value, Address *address, Arena *arena)
{
	Slice text = without_angles(ascii_trim(value)), none = slice("", 0);
	Token tokens[ENVELOPE_TOKENS];
	size_t count;
	Address read;

	if (!text.length) {
		*address = (Address){ none, none, none, none, true };
		return true;
	}
	if (has_controls(text))
		return false;
	count = read_path(text, tokens);
	if (!count)
		return false;
	read = address_from_tokens(tokens, count, text, arena);
	if (!read.valid && !read.local_part.length)
		return false;
	/* Local delivery knows users without a domain, as RFC 5321 knows <Postmaster>. */
	read.valid = true;
	*address = read;
	return true;
}

/* Characters of an atom (RFC 5321, 4.1.2; RFC 6531, 3.3). */
static bool is_atom_text(char c)
{
	return ascii_is_alnum(c) || (unsigned char)c >= 0x80 || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

/* How long the dot-string is that `text` begins with; 0 for none. */
static size_t dot_string_length(Slice text)
{
	size_t i = 0;

	while (i < text.length &&
	       (is_atom_text(text.data[i]) || (text.data[i] == '.' && i && text.data[i - 1] != '.')))
		i++;
	return i && text.data[i - 1] != '.' ? i : 0;
}

static size_t quoted_string_length(Slice text)
{
	for (size_t i = 1; i < text.length; i++) {
		if (text.data[i] == '"')
			return i + 1;
		if (text.data[i] == '\\')
			i++;
	}
	return 0;
}

static bool is_label(Slice label)
{
	if (!label.length || label.length > LABEL_MAX_BYTES || label.data[0] == '-' ||
	    label.data[label.length - 1] == '-')
		return false;
	for (size_t i = 0; i < label.length; i++)
		if (!ascii_is_alnum(label.data[i]) && label.data[i] != '-' && label.data[i] != '_' &&
		    (unsigned char)label.data[i] < 0x80)
			return false;
	return true;
}

static bool is_domain_literal(Slice domain)
{
	if (domain.length < 3 || domain.data[0] != '[' || domain.data[domain.length - 1] != ']')
		return false;
	for (size_t i = 1; i + 1 < domain.length; i++)
		if (!ascii_is_alnum(domain.data[i]) && !strchr(":.-", domain.data[i]))
			return false;
	return true;
}

static bool is_domain(Slice domain)
{
	if (domain.length > DOMAIN_MAX_BYTES)
		return false;
	if (is_domain_literal(domain))
		return true;
	for (;;) {
		const char *dot = domain.length ? memchr(domain.data, '.', domain.length) : NULL;

		if (!dot)
			return is_label(domain);
		if (!is_label(slice(domain.data, (size_t)(dot - domain.data))))
			return false;
		domain = slice_from(domain, (size_t)(dot - domain.data) + 1);
	}
}

bool address_is_safe(Slice text)
{
	size_t local;

	/* What begins with a hyphen would be an option to a careless program. */
	if (!text.length || text.length > SAFE_MAX_BYTES || text.data[0] == '-' || has_controls(text) ||
	    !utf8_valid(text))
		return false;
	local = text.data[0] == '"' ? quoted_string_length(text) : dot_string_length(text);
	return local && local < text.length && text.data[local] == '@' &&
	       is_domain(slice_from(text, local + 1));
}

/* RFC 5322, 3.2.5: words, of which atoms may have dots (4.1). */
static bool is_phrase(Slice text)
{
	bool any = false;

	for (size_t i = 0; i < text.length;) {
		char c = text.data[i];
		size_t length = c == '"' ? quoted_string_length(slice_from(text, i)) : 1;

		if (!length || (c != '"' && c != ' ' && c != '.' && !is_atom_text(c)))
			return false;
		any |= c != ' ';
		i += length;
	}
	return any && utf8_valid(text) && !has_controls(text);
}

bool address_read_named(Slice text, Slice *spec)
{
	const char *open;
	Slice inner;

	if (address_is_safe(text)) {
		*spec = text;
		return true;
	}
	/* In an addr-spec a bracket may stand in a quoted string: then it begins later than it should. */
	open = text.length && text.data[text.length - 1] == '>' ? memrchr(text.data, '<', text.length) : NULL;
	if (!open || !is_phrase(slice(text.data, (size_t)(open - text.data))))
		return false;
	inner = slice_from(text, (size_t)(open + 1 - text.data));
	inner.length--;
	if (!address_is_safe(inner))
		return false;
	*spec = inner;
	return true;
}
