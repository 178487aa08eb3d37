#include "sieve/edit.h"

#include "base/ascii.h"
#include "plan/limits.h"
#include "sieve/parts.h"
#include "sieve/script.h"

/* Does the message begin as it did, down to its empty line? */
static bool keeps_head(const Message *message, const MessagePieces *pieces)
{
	const MessagePiece *first = pieces->items;

	return message->body_offset > (off_t)message->header.length && !message->header_cut &&
	       pieces->count && !first->bytes && first->offset == 0 && first->length >= message->body_offset;
}

SieveStatus sieve_edit(SieveRun *run, SieveSpan span, const MessagePieces *pieces)
{
	const Message *before = run->message;
	MessagePieces flat;
	Message *edited;
	SieveStatus status;
	Failure why = { 0 };

	if (++run->edits > SIEVE_LIMIT_EDITS)
		return sieve_fail(run, span, "the message is edited more than %d times (limit: edits)",
				  SIEVE_LIMIT_EDITS);
	status = sieve_check_memory(run, span);
	if (status != SIEVE_OK)
		return status;
	flat = message_flatten(run->message, pieces, run->arena);
	if (flat.count > LIMIT_PIECES)
		return sieve_fail(run, span, "the message is edited in more than %d places (limit: edits)",
				  LIMIT_PIECES);
	edited = ARENA_NEW(run->arena, Message);
	if (keeps_head(before, pieces)) {
		message_edit_body(edited, before, &flat, run->arena);
	} else {
		if (!message_edit(edited, run->input->message, &flat, run->arena, &why))
			return sieve_later(run, &why);
		run->header = header_index(edited->header, run->arena);
	}
	run->message = edited;
	run->edited = true;
	return SIEVE_OK;
}

SieveStatus sieve_edit_range(SieveRun *run, SieveSpan span, off_t offset, off_t length, Slice bytes)
{
	off_t end = offset + length;
	MessagePiece items[] = {
		{ .offset = 0, .length = offset },
		{ .bytes = bytes.data, .length = (off_t)bytes.length },
		{ .offset = end, .length = run->message->size_bytes - end },
	};

	return sieve_edit(run, span, &(MessagePieces){ items, sizeof items / sizeof *items });
}

const char *sieve_line_end(const SieveRun *run)
{
	return run->input->message->crlf ? "\r\n" : "\n";
}

SieveStatus sieve_edit_header(SieveRun *run, SieveSpan span, Slice block)
{
	const Message *message = run->message;
	const HeaderIndex *before = run->header;
	off_t end = (off_t)message->header.length;
	Slice separated = block;
	SieveStatus status;

	/* Without an empty line what follows would become part of the header; where the header goes on,
	 * because it is too long to be looked at, it must. */
	if (message->body_offset == end && !message->header_cut) {
		const char *line_end = sieve_line_end(run);
		char *bytes = arena_alloc(run->arena, block.length + strlen(line_end));

		memcpy(bytes, block.data, block.length);
		memcpy(bytes + block.length, line_end, strlen(line_end));
		separated = slice(bytes, block.length + strlen(line_end));
	}
	status = sieve_edit_range(run, span, 0, end, separated);
	if (status == SIEVE_OK)
		sieve_parts_header_edited(run, before, (off_t)separated.length - end);
	return status;
}

bool sieve_edit_protects(Slice name)
{
	return ascii_equal_fold(name, SLICE("original-subject")) ||
	       ascii_equal_fold(name, SLICE("original-from"));
}

void sieve_edit_forget(SieveRun *run)
{
	run->message = run->input->message;
	run->header = run->input->header;
	run->image = run->redirect_image = 0;
	run->edited = run->enclosed = false;
	run->enclosures = 0;
	run->edits++;
}

uint32_t sieve_current_image(SieveRun *run)
{
	if (run->edited) {
		run->image = plan_add_image(run->plan, &run->message->pieces);
		run->edited = false;
	}
	return run->image;
}
