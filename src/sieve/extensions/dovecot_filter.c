/* dovecot_filter - "filter": what a program makes of the message is the message from then on
 * vnd.dovecot.filter: spec-bosch-sieve-extprograms, sections 6 and 8
 *
 * A program that fails, declines, or writes nothing leaves the message as it was, and the rules go on.  A
 * From_ line that it writes first is no part of the message. */
#include "sieve/extensions/list.h"

#include <string.h>

#include "sieve/edit.h"
#include "sieve/extension.h"
#include "sieve/programs.h"

enum {
	CHUNK_BYTES = 64 * 1024
};

static Slice without_from_line(Slice bytes)
{
	const char *end;

	if (bytes.length < 5 || memcmp(bytes.data, "From ", 5) != 0)
		return bytes;
	end = memchr(bytes.data, '\n', bytes.length);
	return end ? slice_from(bytes, (size_t)(end - bytes.data) + 1) : bytes;
}

/* Is it the message as it is now, byte for byte?  Then no other version is made. */
static SieveStatus is_the_same(SieveRun *run, Slice bytes, bool *same)
{
	const Message *message = run->message;
	char *chunk;

	*same = (off_t)bytes.length == message->size_bytes;
	if (!*same)
		return SIEVE_OK;
	chunk = arena_alloc(run->arena, CHUNK_BYTES);
	for (size_t at = 0; at < bytes.length && *same;) {
		Failure why = { 0 };
		size_t got;

		if (!message_read(message, (off_t)at, chunk, CHUNK_BYTES, &got, &why))
			return sieve_later(run, &why);
		*same = got > 0 && memcmp(chunk, bytes.data + at, got) == 0;
		at += got;
	}
	return SIEVE_OK;
}

static SieveStatus replace(SieveRun *run, const SieveNode *node, Slice bytes)
{
	MessagePiece piece = { .bytes = bytes.data, .length = (off_t)bytes.length };
	bool same;
	SieveStatus status = is_the_same(run, bytes, &same);

	if (status != SIEVE_OK || same)
		return status;
	return sieve_edit(run, node->span, &(MessagePieces){ &piece, 1 });
}

static SieveStatus filter(SieveRun *run, const SieveNode *node, bool is_test, bool *done)
{
	SieveProgramEnd result;
	SieveStatus status = sieve_run_program(run, node, "filter", PROGRAM_READS_MESSAGE, SLICE(""),
					       &result);
	Slice message;

	*done = false;
	if (status != SIEVE_OK)
		return status;
	if (result.end != PROGRAM_DONE)
		return sieve_tell_program(run, node, &result, is_test);
	message = without_from_line(result.bytes);
	if (!message.length) {
		result = (SieveProgramEnd){ PROGRAM_FAILED, SLICE("it wrote no message") };
		return sieve_tell_program(run, node, &result, is_test);
	}
	*done = true;
	return replace(run, node, message);
}

static SieveStatus act(SieveRun *run, const SieveNode *node)
{
	bool done;

	return filter(run, node, false, &done);
}

static SieveStatus test(SieveRun *run, const SieveNode *node, bool *result)
{
	return filter(run, node, true, result);
}

static const SieveActionInfo info = {
	.about = "replaces the message by what a program makes of it",
	.document = "spec-bosch-sieve-extprograms, 6",
	.interactions = "later tests and actions see it; reject and ereject refuse the message as it came",
	.with_imap_events = true,
};

const SieveExtension sieve_ext_dovecot_filter = {
	.capability = "vnd.dovecot.filter",
	.about = "replace the message by what a program makes of it",
	.document = "spec-bosch-sieve-extprograms",
	.commands =
		(const SieveVerb[]){
			{ .name = "filter",
			  .parameters = SIEVE_PROGRAM_PARAMETERS,
			  .plans = SIEVE_PLANS_EDITS | SIEVE_PLANS_PROGRAMS,
			  .action = &info,
			  .check = sieve_check_program,
			  .act = act },
			{ 0 },
		},
	.tests =
		(const SieveVerb[]){
			{ .name = "filter",
			  .parameters = SIEVE_PROGRAM_PARAMETERS,
			  .plans = SIEVE_PLANS_EDITS | SIEVE_PLANS_PROGRAMS,
			  .check = sieve_check_program,
			  .test = test },
			{ 0 },
		},
};
