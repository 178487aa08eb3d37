#include "delivery/compose_parts.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/address.h"
#include "message/address_write.h"
#include "message/date.h"
#include "message/field_write.h"
#include "message/identity.h"

enum {
	LINE_MAX_BYTES = 998, /* RFC 5322, 2.1.1 */
	QUOTED_LINE = 76,     /* RFC 2045, 6.7 */
	WORD_MAX_BYTES = 900, /* that can be folded around */
};

/* ---- who ---- */

/* A name that can stand in a message id and behind an "@". */
static const char *host_of(const Composing *composing)
{
	const char *host = composing->host;

	return host && address_is_safe(slice_of(arena_printf(composing->arena, "x@%s", host))) ? host
											       : "localhost";
}

const char *compose_postmaster(const Composing *composing)
{
	const char *setting = composing->config->postmaster;

	if (*setting && address_is_safe(slice_of(setting)))
		return setting;
	return arena_printf(composing->arena, "postmaster@%s", host_of(composing));
}

static const char *between_angles(const char *how, Arena *arena)
{
	size_t length = strlen(how);
	Slice address;

	if (length < 2 || how[0] != '<' || how[length - 1] != '>')
		return NULL;
	address = slice(how + 1, length - 2);
	return address.length == 0 || address_is_safe(address)
		       ? arena_copy_bytes(arena, address.data, address.length)
		       : NULL;
}

/* Of somebody who may have no domain. */
static const char *at_this_host(const Composing *composing, const char *address)
{
	const Envelope named = { .recipient = address };

	return identity_recipient(&named, host_of(composing), composing->arena);
}

const char *compose_answered(const Composing *composing)
{
	const Envelope *envelope = composing->envelope;

	return envelope->sender_known && *envelope->sender ? at_this_host(composing, envelope->sender) : NULL;
}

static const char *envelope_sender(const Envelope *envelope)
{
	if (!envelope->sender_known || !*envelope->sender)
		return "";
	return address_is_safe(slice_of(envelope->sender)) ? envelope->sender : NULL;
}

const char *compose_address(const Composing *composing, const char *how)
{
	const Envelope *envelope = composing->envelope;

	if (strcmp(how, "sender") == 0)
		return envelope_sender(envelope);
	if (strcmp(how, "recipient") == 0)
		return identity_recipient(envelope, host_of(composing), composing->arena);
	if (strcmp(how, "original_recipient") == 0)
		return identity_original_recipient(envelope, host_of(composing), composing->arena);
	if (strcmp(how, "user_email") == 0)
		return identity_address(composing->config->user_email, envelope, composing->arena);
	if (strcmp(how, "user") == 0)
		return at_this_host(composing, envelope->user);
	if (strcmp(how, "postmaster") == 0)
		return compose_postmaster(composing);
	return between_angles(how, composing->arena);
}

const char *compose_owner(const Composing *composing)
{
	static const char *const ways[] = { "user_email", "recipient", "user", "postmaster" };
	const char *address = NULL;

	for (size_t i = 0; i < sizeof ways / sizeof *ways && !address; i++)
		address = compose_address(composing, ways[i]);
	return address;
}

void compose_recipient(const Composing *composing, Composed *mail, const char *address)
{
	const char **recipients = arena_alloc(composing->arena, sizeof *recipients);

	recipients[0] = address;
	mail->recipients = recipients;
	mail->recipient_count = 1;
}

/* ---- fields ---- */

void compose_start(const Composing *composing, Text *out)
{
	text_printf(out, "Message-ID: <%s@%s>\nDate: ", composing->token, host_of(composing));
	date_write_rfc5322(composing->now, composing->zone_minutes, out);
	text_append_string(out, "\nX-Sieve: trommel " TROMMEL_VERSION "\n");
}

void compose_field(const Composing *composing, Text *out, const char *name, const char *value)
{
	text_append_slice(out, field_write(name, slice_of(value), "\n", composing->arena));
}

/* Words that lines can be made of. */
static bool can_be_folded(Slice value)
{
	size_t word = 0;

	for (size_t i = 0; i < value.length; i++) {
		char c = value.data[i];

		word = ascii_is_blank(c) || c == '\n' ? 0 : word + 1;
		if (word > WORD_MAX_BYTES || (unsigned char)c >= 0x80 ||
		    (ascii_is_control(c) && c != '\t' && c != '\n'))
			return false;
	}
	return true;
}

void compose_structured(const Composing *composing, Text *out, const char *name, Slice value)
{
	Slice field = (can_be_folded(value) ? field_write_folded : field_write)(name, value, "\n",
										composing->arena);

	text_append_slice(out, field);
}

void compose_addresses(const Composing *composing, Text *out, const char *name, const char *list,
		       const char *otherwise)
{
	AUTO_VALUE(Text) value = { 0 };

	if (!list || !address_write_list(slice_of(list), &value, composing->arena)) {
		text_reset(&value);
		text_append_string(&value, otherwise);
	}
	/* An address beyond ASCII stays as it is: there is no other way to write it (RFC 6532). */
	text_append_slice(out, field_write_folded(name, text_slice(&value), "\n", composing->arena));
}

/* One or more "<id>" with blanks between them. */
static bool is_ids(Slice value)
{
	bool inside = false;

	for (size_t i = 0; i < value.length; i++) {
		char c = value.data[i];

		if (c < ' ' || c > '~' || (inside && c == ' ') || (!inside && c != '<' && c != ' ') ||
		    (inside && c == '<'))
			return false;
		inside = c == '<' || (inside && c != '>');
	}
	return value.length && !inside;
}

void compose_thread(const Composing *composing, Text *out, const Action *action)
{
	const char *id = action->message_id, *references = action->references;

	if (id && is_ids(slice_of(id)) && can_be_folded(slice_of(id)))
		compose_structured(composing, out, "In-Reply-To", slice_of(id));
	if (references && is_ids(slice_of(references)) && can_be_folded(slice_of(references)))
		compose_structured(composing, out, "References", slice_of(references));
}

/* ---- bodies ---- */

bool compose_is_8bit(Slice bytes)
{
	for (size_t i = 0; i < bytes.length; i++)
		if ((unsigned char)bytes.data[i] >= 0x80)
			return true;
	return false;
}

/* The next line of `rest` without its end: LF, CR LF, or CR alone. */
static Slice next_line(Slice *rest)
{
	size_t length = 0, end;
	Slice line;

	while (length < rest->length && rest->data[length] != '\n' && rest->data[length] != '\r')
		length++;
	end = length + 1;
	if (end < rest->length && rest->data[length] == '\r' && rest->data[end] == '\n')
		end++;
	line = slice(rest->data, length);
	*rest = slice_from(*rest, end);
	return line;
}

/* Appends a line, with `fold` in front of what goes on in the next one. */
static void append_line(Text *out, Slice line, const char *fold)
{
	size_t begun = out->length;

	for (size_t room = LINE_MAX_BYTES;; room = LINE_MAX_BYTES - strlen(fold)) {
		Slice part = utf8_cut(line, room);

		text_append_slice(out, part);
		text_append_char(out, '\n');
		line = slice_from(line, part.length);
		if (!line.length)
			break;
		text_append_string(out, fold);
	}
	for (; begun < out->length; begun++) {
		if (out->data[begun] == '\0')
			out->data[begun] = '?';
		else if (out->data[begun] == '\r')
			out->data[begun] = ' ';
	}
}

void compose_lines(Text *out, Slice bytes)
{
	while (bytes.length)
		append_line(out, next_line(&bytes), "");
}

void compose_header(Text *out, Slice header)
{
	while (header.length) {
		const char *feed = memchr(header.data, '\n', header.length);
		Slice line = slice(header.data, feed ? (size_t)(feed - header.data) : header.length);

		header = slice_from(header, line.length + 1);
		if (line.length && line.data[line.length - 1] == '\r')
			line.length--;
		append_line(out, line, " ");
	}
}

/* Lines that are too long, or that begin like a boundary of ours: "=_" cannot stand in quoted-printable. */
static bool must_be_quoted(Slice text)
{
	while (text.length) {
		Slice line = next_line(&text);

		if (line.length > LINE_MAX_BYTES || ascii_starts_with_fold(line, "--=_"))
			return true;
	}
	return false;
}

/* One line as quoted-printable. */
static void append_quoted_line(Text *out, Slice line)
{
	size_t column = 0;

	for (size_t i = 0; i < line.length; i++) {
		unsigned char c = (unsigned char)line.data[i];
		bool plain = (c > ' ' && c <= '~' && c != '=') ||
			     ((c == ' ' || c == '\t') && i + 1 < line.length);
		size_t width = plain ? 1 : 3;

		if (column + width > QUOTED_LINE - 1) {
			text_append_string(out, "=\n");
			column = 0;
		}
		if (plain)
			text_append_char(out, (char)c);
		else
			text_printf(out, "=%02X", c);
		column += width;
	}
	text_append_char(out, '\n');
}

void compose_text(Text *out, Slice text)
{
	bool quoted = must_be_quoted(text);
	const char *encoding = quoted ? "quoted-printable" : compose_is_8bit(text) ? "8bit" : "7bit";

	text_printf(out,
		    "Content-Type: text/plain; charset=utf-8\n"
		    "Content-Transfer-Encoding: %s\n\n",
		    encoding);
	if (!quoted) {
		compose_lines(out, text);
		return;
	}
	while (text.length)
		append_quoted_line(out, next_line(&text));
}

const char *compose_boundary(const Composing *composing)
{
	return arena_printf(composing->arena, "=_%s", composing->token);
}

void compose_start_report(const Composing *composing, Text *out, const char *type)
{
	const char *boundary = compose_boundary(composing);

	text_printf(out,
		    "MIME-Version: 1.0\n"
		    "Content-Type: multipart/report; report-type=%s;\n"
		    " boundary=\"%s\"\n"
		    "Content-Transfer-Encoding: 8bit\n\n"
		    "This is a report in several parts (MIME).\n\n"
		    "--%s\n",
		    type, boundary, boundary);
}

void compose_report_address(Text *out, const char *name, const char *address)
{
	Slice rest = slice_of(address);
	bool ascii = !compose_is_8bit(rest);

	text_printf(out, "%s: %s;", name, ascii ? "rfc822" : "utf-8");
	for (text_append_char(out, ' '); rest.length;) {
		uint32_t c = 0;
		size_t length = utf8_decode(rest.data, rest.length, &c);

		if (!length || c < ' ' || c == 127)
			text_append_char(out, '?');
		else if (!ascii && (c > '~' || c == '\\' || c == '+' || c == '='))
			text_printf(out, "\\x{%X}", c);
		else
			text_append(out, rest.data, length);
		rest = slice_from(rest, length ? length : 1);
	}
	text_append_char(out, '\n');
}

void compose_next_part(const Composing *composing, Text *out, bool last)
{
	text_printf(out, "\n--%s%s\n", compose_boundary(composing), last ? "--" : "");
}
