/* mbox_record - a message as it stands in an mbox
 * RFC 4155, appendix A */
#include "mailbox/mbox_record.h"

#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "base/ascii.h"
#include "base/io.h"
#include "base/memory.h"
#include "mailbox/flags.h"
#include "mailbox/mbox_quote.h"
#include "message/date.h"

enum {
	MEMORY_MAX = 1024 * 1024, /* a record up to this size is made before the locks are taken */
	READ_SIZE = 256 * 1024,
	SENDER_MAX = 512, /* RFC 5321 allows 256 */
	PIECES = 64,
};

void mbox_record_clear(MboxRecord *record)
{
	text_clear(&record->from_line);
	text_clear(&record->fields);
	text_clear(&record->made);
}

/* One word: readers find the date by the blank before it. */
static void make_from_line(Text *line, const char *sender, int64_t received)
{
	size_t length = sender ? strlen(sender) : 0;

	text_append_string(line, "From ");
	for (size_t i = 0; i < length && i < SENDER_MAX; i++)
		text_append_char(line, ascii_is_control(sender[i]) || sender[i] == ' ' ? '_' : sender[i]);
	if (length == 0)
		text_append_string(line, "MAILER-DAEMON");
	text_append_string(line, "  ");
	date_write_asctime(received, line);
	text_append_char(line, '\n');
}

/* Where in the image we read. */
typedef struct ImageCursor {
	const MessageImage *image;
	size_t head_done;
	off_t offset;
} ImageCursor;

static off_t image_bytes(const MessageImage *image)
{
	return (off_t)image->head.length + (image->message->size_bytes - image->rest_offset);
}

/* Reads up to `room` bytes; short only at the end. */
static bool cursor_read(ImageCursor *cursor, char *buffer, size_t room, size_t *got, Failure *why)
{
	Slice head = slice_from(cursor->image->head, cursor->head_done);
	size_t rest = 0;

	if (head.length > room)
		head.length = room;
	memcpy(buffer, head.data, head.length);
	cursor->head_done += head.length;
	if (head.length < room && !message_read(cursor->image->message, cursor->offset, buffer + head.length,
						room - head.length, &rest, why))
		return false;
	cursor->offset += (off_t)rest;
	*got = head.length + rest;
	return true;
}

/* What a pass over the message ends in. */
typedef struct Pass {
	const MboxRecord *record;
	off_t size_bytes;
	Text *made; /* or NULL */
	int fd;     /* or -1 */
	struct iovec pieces[PIECES];
	int count;
	bool failed;
} Pass;

static bool flush_pieces(Pass *pass)
{
	pass->failed = pass->failed || !io_write_vector(pass->fd, pass->pieces, pass->count);
	pass->count = 0;
	return !pass->failed;
}

static bool sink(void *self, Slice bytes)
{
	Pass *pass = self;

	pass->size_bytes += (off_t)bytes.length;
	if (pass->made)
		text_append_slice(pass->made, bytes);
	if (pass->fd < 0)
		return true;
	if (pass->count == PIECES && !flush_pieces(pass))
		return false;
	pass->pieces[pass->count++] = (struct iovec){ .iov_base = (void *)(size_t)bytes.data,
						      .iov_len = bytes.length };
	return true;
}

static bool run_pass(Pass *pass, MboxTick *tick, void *self, Failure *why)
{
	const MessageImage *image = &pass->record->image;
	off_t total = image_bytes(image);
	size_t size = total < READ_SIZE ? (size_t)total + 1 : READ_SIZE, held = 0;
	auto_free char *buffer = memory_new(size);
	ImageCursor cursor = { .image = image, .offset = image->rest_offset };
	MboxQuote quote;

	mbox_quote_start(&quote, pass->record->mboxo, text_slice(&pass->record->fields), sink, pass);
	sink(pass, text_slice(&pass->record->from_line));
	for (bool final = false; !final;) {
		size_t got, taken;

		if (!cursor_read(&cursor, buffer + held, size - held, &got, why))
			return false;
		final = got < size - held;
		if (!mbox_quote_feed(&quote, slice(buffer, held + got), final, &taken) ||
		    (pass->fd >= 0 && !flush_pieces(pass)))
			return failure_errno(why, "write the message");
		held = held + got - taken;
		memmove(buffer, buffer + taken, held);
		if (tick)
			tick(self);
	}
	return true;
}

bool mbox_record_prepare(MboxRecord *record, const MessageImage *image, const MboxRecordOptions *options,
			 Failure *why)
{
	Pass pass = { .record = record, .fd = -1 };
	off_t total = image_bytes(image);

	*record = (MboxRecord){ .image = *image, .mboxo = options->mboxo };
	make_from_line(&record->from_line, options->sender, options->received);
	flags_mbox(options->flags, options->flag_count, &record->fields);
	if (total <= MEMORY_MAX) {
		pass.made = &record->made;
		text_reserve(&record->made,
			     (size_t)total + record->from_line.length + record->fields.length + 2);
	}
	if (!run_pass(&pass, NULL, NULL, why)) {
		mbox_record_clear(record);
		return false;
	}
	record->size_bytes = pass.size_bytes;
	return true;
}

bool mbox_record_write(const MboxRecord *record, Slice before, int fd, MboxTick *tick, void *self,
		       Failure *why)
{
	Pass pass = { .record = record, .fd = fd };

	if (record->made.length) {
		struct iovec pieces[] = {
			{ .iov_base = (void *)(size_t)before.data, .iov_len = before.length },
			{ .iov_base = record->made.data, .iov_len = record->made.length },
		};

		return io_write_vector(fd, pieces, 2) || failure_errno(why, "write the message");
	}
	if (!io_write(fd, before.data, before.length))
		return failure_errno(why, "write the message");
	if (!run_pass(&pass, tick, self, why))
		return false;
	if (pass.size_bytes != record->size_bytes)
		return failure_retry(why, "the message changed while it was filed");
	return true;
}
