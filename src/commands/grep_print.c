/* grep_print - a message that `trommel grep` has found */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/printable.h"
#include "commands/grep.h"
#include "commands/saved.h"
#include "mailbox/mbox_record.h"

enum {
	NAME_BYTES = 4096
};

GrepMessage *grep_remember(const Sourced *it, const HeaderIndex *header, int64_t now, Arena *arena)
{
	GrepMessage *message = ARENA_NEW(arena, GrepMessage);

	message->name = arena_copy_string(arena, it->name);
	message->number = it->number;
	message->offset = it->offset;
	message->length = it->length;
	message->folder = it->folder ? arena_copy_string(arena, it->folder) : NULL;
	message->from = saved_from(header, arena);
	message->subject = saved_field(header, SLICE("Subject"), "(no subject)", arena);
	message->message_id = saved_field(header, SLICE("Message-ID"), "", arena);
	message->sender = arena_copy_bytes(arena, it->sender.data ? it->sender.data : "", it->sender.length);
	message->received = it->has_received ? it->received : now;
	return message;
}

static void put_line(const GrepMessage *it, Text *out)
{
	printable_append(out, slice_of(it->name), NAME_BYTES);
	if (it->number)
		text_printf(out, ":%zu", it->number);
	text_printf(out, ": %s\n", it->subject);
}

/* Those of one mbox come one behind the other. */
static void put_name(const GrepMessage *it, Text *last, Text *out)
{
	if (last->length && strcmp(text_string(last), it->name) == 0)
		return;
	text_reset(last);
	text_append_string(last, it->name);
	printable_append(out, slice_of(it->name), NAME_BYTES);
	text_append_char(out, '\n');
}

static void put_json(const GrepMessage *it, Text *out)
{
	text_append_char(out, '{');
	json_field_string(out, "file", it->name);
	if (it->number) {
		json_field_number(out, "number", (int64_t)it->number);
		json_field_number(out, "offset", it->offset);
		json_field_number(out, "bytes", it->length);
	}
	if (it->folder)
		json_field_string(out, "folder", it->folder);
	json_field_string(out, "from", it->from);
	json_field_string(out, "subject", it->subject);
	json_field_string(out, "message_id", it->message_id);
	text_append_string(out, "}\n");
}

static bool write_record(const GrepMessage *it, const BatchItem *item, Failure *why)
{
	const MessageImage image = message_image(&item->message);
	const MboxRecordOptions options = { .sender = it->sender,
					    .received = it->received,
					    .flags = item->flags.names,
					    .flag_count = item->flags.count };
	AUTO_VALUE(MboxRecord) record = { 0 };

	return mbox_record_prepare(&record, &image, &options, why) &&
	       mbox_record_write(&record, SLICE(""), STDOUT_FILENO, NULL, NULL, why);
}

bool grep_print(const GrepMessage *it, const BatchItem *item, GrepOutput output, Text *last_name,
		Failure *why)
{
	AUTO_VALUE(Text) out = { 0 };

	if (output == GREP_MBOX)
		return write_record(it, item, why);
	if (output == GREP_LINES)
		put_line(it, &out);
	else if (output == GREP_NAMES)
		put_name(it, last_name, &out);
	else if (output == GREP_JSON)
		put_json(it, &out);
	return fwrite(text_string(&out), 1, out.length, stdout) == out.length || failure_errno(why, "write");
}
