#include "delivery/trace.h"

#include <string.h>

#include "base/ascii.h"
#include "message/address_write.h"

static const char *line_end(const Message *message)
{
	return message->crlf ? "\r\n" : "\n";
}

static void add_address(const char *field, const char *address, const char *end, Text *head)
{
	AUTO(Arena) arena = arena_new();

	text_printf(head, "%s: %s%s", field, address_in_field(address, arena), end);
}

static void add_lines(const Config *config, const Envelope *envelope, const char *end, Text *head)
{
	if (config->add_return_path && envelope->sender_known)
		text_printf(head, "Return-Path: <%s>%s", envelope->sender, end);
	if (config->add_original_to && envelope->original_recipient)
		add_address("X-Original-To", envelope->original_recipient, end, head);
	if (config->add_delivered_to)
		add_address("Delivered-To", envelope->recipient, end, head);
}

/* The block in as few pieces as possible: what lies between the fields that are left out.  Then the empty
 * line, which is the bytes between header and body; there is none when the header was cut at our limit or the
 * message ends with it. */
static void add_block(const Message *message, const HeaderIndex *header, bool drop_return_path, Text *head)
{
	size_t done = 0;

	for (const HeaderField *field = drop_return_path ? header_find(header, SLICE("return-path")) : NULL;
	     field; field = header_next(header, field)) {
		size_t start = (size_t)(field->raw.data - message->header.data);

		text_append(head, message->header.data + done, start - done);
		done = start + field->raw.length;
	}
	text_append_slice(head, slice_from(message->header, done));
	if (!message->header_cut && message->body_offset > (off_t)message->header.length)
		text_append_string(head,
				   message->body_offset - (off_t)message->header.length == 2 ? "\r\n" : "\n");
}

void trace_make_head(const Config *config, const Envelope *envelope, const Message *message,
		     const HeaderIndex *header, Text *head)
{
	text_reserve(head, message->header.length + 512);
	add_lines(config, envelope, line_end(message), head);
	add_block(message, header, config->add_return_path && envelope->sender_known, head);
}

void trace_make_head_to_pass_on(const Message *message, const HeaderIndex *header, Text *head)
{
	text_reserve(head, head->length + message->header.length + 512);
	add_block(message, header, true, head);
}

static bool field_names(const HeaderIndex *header, Slice name, const char *recipient, Arena *arena)
{
	recipient = address_in_field(recipient, arena);
	for (const HeaderField *field = header_find(header, name); field; field = header_next(header, field))
		if (ascii_equal_fold_string(ascii_trim(header_unfold(field, arena)), recipient))
			return true;
	return false;
}

bool trace_delivered_before(const HeaderIndex *header, const char *recipient, Arena *arena)
{
	return field_names(header, SLICE("delivered-to"), recipient, arena);
}

bool trace_redirected_before(const HeaderIndex *header, const char *recipient, Arena *arena)
{
	return field_names(header, slice_of(TRACE_REDIRECT_FIELD), recipient, arena);
}

unsigned trace_hops(const HeaderIndex *header)
{
	unsigned hops = 0;

	for (const HeaderField *field = header_find(header, SLICE("received")); field;
	     field = header_next(header, field))
		hops++;
	return hops;
}

bool trace_is_of_one_try(const HeaderField *field)
{
	static const char *const names[] = { "Return-Path", "Delivered-To", "X-Original-To", "Envelope-To",
					     "Delivery-Date" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (ascii_equal_fold_string(field->name, names[i]))
			return true;
	return false;
}
