/* What a mailto URI says is a message that may be sent: safe addresses, header fields of one line, all within
 * the limits; written as a URI it says the same again (RFC 6068). */
#include "fuzz.h"

#include "base/ascii.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "message/address.h"
#include "message/header.h"
#include "message/limits.h"
#include "message/mailto.h"
#include "message/uri.h"

static bool is_one_line(Slice text)
{
	return utf8_valid(text) && !memchr(text.data, '\n', text.length) &&
	       !memchr(text.data, '\r', text.length) && !memchr(text.data, '\0', text.length);
}

static void append_encoded(Slice bytes, Text *uri)
{
	for (size_t i = 0; i < bytes.length; i++)
		uri_encode(bytes.data[i], uri);
}

static void append_field(const char *name, Slice value, Text *uri)
{
	text_append_char(uri, uri->length ? '&' : '?');
	append_encoded(slice_of(name), uri);
	text_append_char(uri, '=');
	append_encoded(value, uri);
}

static void write_uri(const Mailto *mailto, Text *uri)
{
	static const char *const kinds[] = { [MAILTO_TO] = "to", [MAILTO_CC] = "cc", [MAILTO_BCC] = "bcc" };

	for (size_t i = 0; i < mailto->recipient_count; i++)
		append_field(kinds[mailto->recipients[i].kind], slice_of(mailto->recipients[i].address), uri);
	if (mailto->subject.data)
		append_field("subject", mailto->subject, uri);
	if (mailto->body.data)
		append_field("body", mailto->body, uri);
	for (size_t i = 0; i < mailto->field_count; i++)
		append_field(mailto->fields[i].name, mailto->fields[i].value, uri);
}

static void look_at(const Mailto *mailto)
{
	LAW(mailto->recipient_count <= LIMIT_MAILTO_RECIPIENTS);
	LAW(mailto->field_count <= LIMIT_MAILTO_FIELDS);
	for (size_t i = 0; i < mailto->recipient_count; i++) {
		LAW(address_is_safe(slice_of(mailto->recipients[i].address)));
		for (size_t j = 0; j < i; j++)
			LAW(!mailto_same_address(mailto->recipients[i].address,
						 mailto->recipients[j].address));
	}
	LAW(!mailto->subject.data || is_one_line(mailto->subject));
	LAW(!mailto->body.data || utf8_valid(mailto->body));
	for (size_t i = 0; i < mailto->field_count; i++) {
		LAW(header_is_name(slice_of(mailto->fields[i].name)));
		LAW(is_one_line(mailto->fields[i].value));
	}
}

static bool same_slice(Slice a, Slice b)
{
	return !a.data == !b.data && (!a.data || slice_equal(a, b));
}

static void look_at_again(const Mailto *mailto, const Mailto *again)
{
	LAW(again->recipient_count == mailto->recipient_count);
	LAW(again->field_count == mailto->field_count);
	LAW(same_slice(again->subject, mailto->subject) && same_slice(again->body, mailto->body));
	for (size_t i = 0; i < again->recipient_count; i++)
		LAW_SAME(slice_of(again->recipients[i].address), slice_of(mailto->recipients[i].address));
	for (size_t i = 0; i < again->field_count; i++)
		LAW_SAME(again->fields[i].value, mailto->fields[i].value);
}

static void fuzz(Slice input)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) uri = { 0 };
	Mailto mailto = { 0 }, again = { 0 };
	Failure why = { 0 };
	Slice scheme, rest;

	if (uri_split(input, &scheme, &rest))
		LAW(fuzz_within(rest, input) && scheme.length + 1 + rest.length == input.length);
	if (!mailto_parse(input, &mailto, arena, &why)) {
		LAW(*why.text);
		return;
	}
	look_at(&mailto);
	write_uri(&mailto, &uri);
	LAW(mailto_parse(text_slice(&uri), &again, arena, &why), "%s: %s", text_string(&uri), why.text);
	look_at_again(&mailto, &again);
}
