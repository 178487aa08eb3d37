/* compose_vacation - the answer of one who is away
 * RFC 5230, section 5; RFC 3834, section 3.1
 *
 * "Precedence: bulk" is for old answering programs that know no Auto-Submitted (RFC 3834, 3.1.8 leaves it).
 */
#include <string.h>

#include "base/ascii.h"
#include "delivery/compose_parts.h"
#include "message/header.h"

/* ---- ":mime" ---- */

/* A MIME entity, with LF line ends. */
typedef struct Entity {
	Slice header, body;
} Entity;

static Entity split_entity(Slice text)
{
	size_t header, body;

	if (text.length && text.data[0] == '\n')
		return (Entity){ SLICE(""), slice_from(text, 1) };
	if (!header_find_end(text, &header, &body))
		return (Entity){ text, SLICE("") };
	return (Entity){ slice(text.data, header), slice_from(text, body) };
}

static bool is_field(const HeaderField *field, const char *name)
{
	return ascii_equal_fold_string(field->name, name);
}

/* Does the entity say that its body is in one of the encodings that make any bytes into lines of ASCII? */
static bool is_encoded(const HeaderIndex *header, Arena *arena)
{
	const HeaderField *field = header_find(header, SLICE("Content-Transfer-Encoding"));
	Slice value = field ? header_unfold(field, arena) : SLICE("");

	return ascii_equal_fold_string(value, "base64") || ascii_equal_fold_string(value, "quoted-printable");
}

/* "Content-..." in letters, digits and marks that field names have. */
static bool describes(Slice name)
{
	for (size_t i = 0; i < name.length; i++)
		if (name.data[i] <= ' ' || name.data[i] > '~')
			return false;
	return ascii_starts_with_fold(name, "Content-");
}

/* Of its fields only those that describe it (RFC 2045, 3) are those of an entity.  The others are ours. */
static void append_entity(const Composing *composing, Text *out, Slice text)
{
	AUTO_VALUE(Text) lines = { 0 };
	const HeaderIndex *header;
	Entity entity;
	bool eight_bit;

	compose_lines(&lines, text);
	entity = split_entity(text_slice(&lines));
	header = header_index(entity.header, composing->arena);
	eight_bit = compose_is_8bit(entity.body) && !is_encoded(header, composing->arena);
	for (size_t i = 0; i < header->count; i++) {
		const HeaderField *field = &header->fields[i];

		if (!describes(field->name) || (eight_bit && is_field(field, "Content-Transfer-Encoding")))
			continue;
		compose_structured(composing, out,
				   arena_copy_bytes(composing->arena, field->name.data, field->name.length),
				   header_unfold(field, composing->arena));
	}
	if (eight_bit && !header_find(header, SLICE("Content-Type")))
		text_append_string(out, "Content-Type: text/plain; charset=utf-8\n");
	if (eight_bit)
		text_append_string(out, "Content-Transfer-Encoding: 8bit\n");
	text_append_char(out, '\n');
	text_append_slice(out, entity.body);
}

/* ---- the message ---- */

static const char *sender_of(const Composing *composing)
{
	const char *recipient;

	if (!composing->config->vacation_send_from_recipient)
		return "";
	recipient = compose_address(composing, "recipient");
	return recipient ? recipient : "";
}

const char *compose_vacation(const Composing *composing, const Action *action, Composed *mail)
{
	const char *answered = compose_answered(composing);
	AUTO_VALUE(Text) out = { 0 };

	if (!composing->envelope->sender_known || !*composing->envelope->sender)
		return "the sender is null";
	if (!answered || !action->address)
		return "no mail can be sent to the sender";
	if (strcmp(action->address, answered) != 0)
		return "it is for somebody else than the sender";
	compose_start(composing, &out);
	compose_addresses(composing, &out, "From", action->from, compose_owner(composing));
	compose_addresses(composing, &out, "To", action->to, action->address);
	compose_field(composing, &out, "Subject", action->subject ? action->subject : "Automated reply");
	compose_thread(composing, &out, action);
	text_append_string(&out, "Auto-Submitted: auto-replied (vacation)\nPrecedence: bulk\n"
				 "MIME-Version: 1.0\n");
	if (action->is_mime)
		append_entity(composing, &out, slice_of(action->text));
	else
		compose_text(&out, slice_of(action->text));
	mail->sender = sender_of(composing);
	if (*mail->sender)
		mail->dsn_notify = "NEVER"; /* section 5.1; to nobody there is nothing to report */
	compose_recipient(composing, mail, action->address);
	mail->head = arena_copy_slice(composing->arena, text_slice(&out));
	return NULL;
}
