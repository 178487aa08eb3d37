#include "message/mailto.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/address.h"
#include "message/address_write.h"
#include "message/header.h"
#include "message/limits.h"
#include "message/uri.h"

/* qchar of section 2, and what RFC 3986 lets stand in a query besides: real URIs have it. */
#define ADDRESS_MARKS "!$'()*+,;:@"
#define VALUE_MARKS   ADDRESS_MARKS "/?"

enum {
	SHOWN = 100
};

/* What a URI must not say: RFC 5436, 2.7; what we write ourselves, or what only those write who handle the
 * message; and what describes the body (RFC 6068, 2). */
static const char *const forbidden[] = {
	"auto-submitted", "date",         "dkim-signature",
	"from",           "importance",   "message-id",
	"mime-version",   "precedence",   "received",
	"return-path",    "sender",       "x-priority",
	"x-sieve",        "delivered-to", "x-sieve-redirected-from",
	"apparently-to",  "errors-to",    "disposition-notification-to",
};
static const char *const forbidden_prefixes[] = { "content-", "resent-", "arc-", "list-", "x-spam-" };

static bool is_forbidden(Slice name)
{
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
		if (ascii_equal_fold_string(name, forbidden[i]))
			return true;
	for (size_t i = 0; i < sizeof forbidden_prefixes / sizeof *forbidden_prefixes; i++)
		if (ascii_starts_with_fold(name, forbidden_prefixes[i]))
			return true;
	return false;
}

bool mailto_same_address(const char *a, const char *b)
{
	const char *at = strrchr(a, '@');
	size_t local = at ? (size_t)(at - a) : strlen(a);

	return strncmp(a, b, local) == 0 && ascii_strings_equal_fold(a + local, b + local);
}

static bool bad(Failure *why, const char *what, Slice text)
{
	return failure_retry(why, "%s '%.*s' of a mailto URI", what, (int)utf8_cut(text, SHOWN).length,
			     text.data);
}

/* ---- recipients ---- */

static bool add_recipient(Mailto *mailto, MailtoKind kind, const char *address, Failure *why)
{
	for (size_t i = 0; i < mailto->recipient_count; i++)
		if (mailto_same_address(mailto->recipients[i].address, address))
			return true;
	if (mailto->recipient_count == LIMIT_MAILTO_RECIPIENTS)
		return failure_retry(why, "more than %d recipients (limit: mailto recipients)",
				     LIMIT_MAILTO_RECIPIENTS);
	mailto->recipients[mailto->recipient_count++] = (MailtoRecipient){ kind, address };
	return true;
}

/* An addr-spec, percent-encoded: a comma in it is. */
static bool add_encoded(Mailto *mailto, Slice text, Arena *arena, Failure *why)
{
	Slice address = uri_decode(text, arena);

	if (!address_is_safe(address))
		return bad(why, "cannot send mail to the address", text);
	return add_recipient(mailto, MAILTO_TO, arena_copy_bytes(arena, address.data, address.length), why);
}

/* "to" of section 2: addresses with commas between them. */
static bool read_to(Mailto *mailto, Slice text, Arena *arena, Failure *why)
{
	while (text.length) {
		const char *comma = memchr(text.data, ',', text.length);
		size_t length = comma ? (size_t)(comma - text.data) : text.length;

		if (!add_encoded(mailto, slice(text.data, length), arena, why))
			return false;
		if (comma && length + 1 == text.length)
			return bad(why, "nothing behind the last comma of", text);
		text = slice_from(text, length + 1);
	}
	return true;
}

/* The value of a "cc" or "bcc", which is a header field's: names may stand before the addresses. */
static bool read_list(Mailto *mailto, MailtoKind kind, Slice value, Arena *arena, Failure *why)
{
	const AddressList list = address_parse_list(value, arena);

	for (size_t i = 0; i < list.count; i++) {
		const char *address = address_spec(&list.items[i], arena);

		if (!address)
			return bad(why, "cannot send mail to the address", list.items[i].text);
		if (!add_recipient(mailto, kind, address, why))
			return false;
	}
	return true;
}

/* ---- fields ---- */

static bool is_line(Slice value)
{
	for (size_t i = 0; i < value.length; i++)
		if (ascii_is_control(value.data[i]) && value.data[i] != '\t')
			return false;
	return true;
}

/* Section 2.7 of RFC 5436 suggests a capital letter. */
static const char *name_of_field(Slice name, Arena *arena)
{
	char *copy = arena_copy_bytes(arena, name.data, name.length);

	copy[0] = ascii_upper(copy[0]);
	return copy;
}

static bool add_field(Mailto *mailto, Slice name, Slice value, Arena *arena, Failure *why)
{
	if (is_forbidden(name))
		return true;
	if (mailto->field_count == LIMIT_MAILTO_FIELDS)
		return failure_retry(why, "more than %d fields (limit: mailto fields)", LIMIT_MAILTO_FIELDS);
	mailto->fields[mailto->field_count++] = (MailtoField){ name_of_field(name, arena), value };
	return true;
}

static bool take_field(Mailto *mailto, Slice name, Slice encoded, Arena *arena, Failure *why)
{
	Slice value = uri_decode(encoded, arena);

	if (!header_is_name(name))
		return bad(why, "no name of a field:", name);
	if (!utf8_valid(value) || memchr(value.data, '\0', value.length))
		return bad(why, "what is encoded is no UTF-8 text in", encoded);
	if (ascii_equal_fold(name, SLICE("body"))) {
		mailto->body = value;
		return true;
	}
	if (!is_line(value))
		return bad(why, "more than one line in the field", name);
	if (ascii_equal_fold(name, SLICE("to")))
		return read_to(mailto, encoded, arena, why);
	if (ascii_equal_fold(name, SLICE("cc")))
		return read_list(mailto, MAILTO_CC, value, arena, why);
	if (ascii_equal_fold(name, SLICE("bcc")))
		return read_list(mailto, MAILTO_BCC, value, arena, why);
	if (ascii_equal_fold(name, SLICE("subject"))) {
		mailto->subject = value;
		return true;
	}
	return add_field(mailto, name, value, arena, why);
}

/* hfield of section 2 */
static bool read_field(Mailto *mailto, Slice field, Arena *arena, Failure *why)
{
	const char *sign = memchr(field.data, '=', field.length);
	Slice name, value;

	if (!sign)
		return bad(why, "no '=' in the field", field);
	name = slice(field.data, (size_t)(sign - field.data));
	value = slice_from(field, name.length + 1);
	if (!uri_is_made_of(name, ADDRESS_MARKS) || !uri_is_made_of(value, VALUE_MARKS))
		return bad(why, "characters that must be percent-encoded in", field);
	return take_field(mailto, uri_decode(name, arena), value, arena, why);
}

static bool read_fields(Mailto *mailto, Slice fields, Arena *arena, Failure *why)
{
	for (;;) {
		const char *mark = memchr(fields.data, '&', fields.length);
		size_t length = mark ? (size_t)(mark - fields.data) : fields.length;

		if (!read_field(mailto, slice(fields.data, length), arena, why))
			return false;
		if (!mark)
			return true;
		fields = slice_from(fields, length + 1);
	}
}

bool mailto_parse(Slice rest, Mailto *mailto, Arena *arena, Failure *why)
{
	const char *mark = memchr(rest.data, '?', rest.length);
	Slice to = mark ? slice(rest.data, (size_t)(mark - rest.data)) : rest;
	Mailto read = {
		.recipients = arena_zeroed(arena, LIMIT_MAILTO_RECIPIENTS, sizeof *read.recipients),
		.fields = arena_zeroed(arena, LIMIT_MAILTO_FIELDS, sizeof *read.fields),
	};

	if (!uri_is_made_of(to, ADDRESS_MARKS))
		return bad(why, "characters that must be percent-encoded in", to);
	if (!read_to(&read, to, arena, why) ||
	    (mark && !read_fields(&read, slice_from(rest, to.length + 1), arena, why)))
		return false;
	*mailto = read;
	return true;
}
