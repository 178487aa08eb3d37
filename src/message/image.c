/* image - a message as it is stored, and how large it is
 *
 * How many bytes CR LF line ends would add is counted while bytes pass by, and at most
 * once for a message: what is known of the whole tells what the rest adds. */
#include <stdlib.h>

#include "base/io.h"
#include "base/memory.h"
#include "message/lines.h"
#include "message/message.h"

enum {
	COPY_BYTES = 128 * 1024
};

/* Where a copy goes, and what it counts. */
typedef struct Copy {
	int fd; /* or -1: only count */
	bool counting;
	off_t bare_feeds;
	char previous;
} Copy;

static bool copy_pieces(Copy *copy, Slice first, Slice second, Failure *why)
{
	struct iovec pieces[] = {
		{ .iov_base = (void *)(size_t)first.data, .iov_len = first.length },
		{ .iov_base = (void *)(size_t)second.data, .iov_len = second.length },
	};

	if (copy->counting) {
		copy->bare_feeds += (off_t)lines_bare_feeds(first, &copy->previous);
		copy->bare_feeds += (off_t)lines_bare_feeds(second, &copy->previous);
	}
	if (copy->fd >= 0 && !io_write_vector(copy->fd, pieces, 2))
		return failure_errno(why, "write the message");
	return true;
}

/* Copies `head`, then the message from `offset` on. */
static bool copy_message(Copy *copy, Slice head, const Message *message, off_t offset, Failure *why)
{
	Slice held = slice("", 0);
	char *buffer = NULL;
	bool done;

	if (offset < (off_t)message->memory.length)
		held = slice_from(message->memory, (size_t)offset);
	done = copy_pieces(copy, head, held, why);
	offset += (off_t)held.length;
	if (done && offset < message->size_bytes)
		buffer = memory_new(COPY_BYTES);
	/* The first piece is cut so that all others are written at round offsets: the kernel then has whole
	 * pages to fill. */
	for (size_t want = COPY_BYTES - (head.length + held.length) % COPY_BYTES;
	     done && offset < message->size_bytes; want = COPY_BYTES) {
		size_t got = 0;

		done = message_read(message, offset, buffer, want, &got, why) &&
		       copy_pieces(copy, slice(buffer, got), slice("", 0), why);
		offset += (off_t)got;
	}
	free(buffer);
	return done;
}

bool message_crlf_size(Message *message, off_t *size_bytes, Failure *why)
{
	Copy count = { .fd = -1, .counting = true };

	if (message->crlf_size < 0) {
		if (!copy_message(&count, slice("", 0), message, 0, why))
			return false;
		message->crlf_size = message->size_bytes + count.bare_feeds;
	}
	*size_bytes = message->crlf_size;
	return true;
}

MessageImage message_image(const Message *message)
{
	bool made = message->stored_head.data != NULL;

	return (MessageImage){ .head = made ? text_slice(&message->stored_head) : message_head(message),
			       .message = message,
			       .rest_offset = message->body_offset,
			       .whole_fd = message->spool_fd };
}

/* True when the feeds in front of the rest of the message can be counted by themselves: they
 * are in memory, and what the rest's first byte follows is the same in the image. */
static bool rest_is_separable(const MessageImage *image)
{
	Slice memory = image->message->memory, head = image->head;
	size_t offset = (size_t)image->rest_offset;
	char before = 0, in_image = 0;

	if (image->rest_offset > (off_t)memory.length)
		return false;
	if (offset)
		before = memory.data[offset - 1];
	if (head.length)
		in_image = head.data[head.length - 1];
	return (before == '\r') == (in_image == '\r');
}

static off_t feeds_before_rest(const MessageImage *image)
{
	char previous = 0;

	return (off_t)lines_bare_feeds(slice(image->message->memory.data, (size_t)image->rest_offset),
				       &previous);
}

static off_t image_bytes(const MessageImage *image)
{
	return (off_t)image->head.length + image->message->size_bytes - image->rest_offset;
}

/* The size from what the message remembers. */
static bool size_is_known(const MessageImage *image, ImageSize *size)
{
	const Message *message = image->message;
	char previous = 0;
	off_t bare;

	if (message->crlf_size < 0 || !rest_is_separable(image))
		return false;
	bare = message->crlf_size - message->size_bytes - feeds_before_rest(image) +
	       (off_t)lines_bare_feeds(image->head, &previous);
	*size = (ImageSize){ image_bytes(image), image_bytes(image) + bare };
	return true;
}

/* Lets the message remember what was counted for its image.  To remember changes nothing
 * that anybody can see, so the message is const to whoever asks. */
static void remember_size(const MessageImage *image, off_t bare)
{
	Message *message = (Message *)(size_t)image->message;
	char previous = 0;

	if (message->crlf_size < 0 && rest_is_separable(image))
		message->crlf_size = message->size_bytes + bare + feeds_before_rest(image) -
				     (off_t)lines_bare_feeds(image->head, &previous);
}

static bool copy_image(const MessageImage *image, int fd, ImageSize *size, Failure *why)
{
	Copy copy = { .fd = fd, .counting = size != NULL };

	if (!copy_message(&copy, image->head, image->message, image->rest_offset, why))
		return false;
	if (size) {
		*size = (ImageSize){ image_bytes(image), image_bytes(image) + copy.bare_feeds };
		remember_size(image, copy.bare_feeds);
	}
	return true;
}

bool image_write(const MessageImage *image, int fd, ImageSize *size, Failure *why)
{
	ImageSize known;

	if (!size || !size_is_known(image, &known))
		return copy_image(image, fd, size, why);
	if (!copy_image(image, fd, NULL, why))
		return false;
	*size = known;
	return true;
}

bool image_size(const MessageImage *image, ImageSize *size, Failure *why)
{
	return size_is_known(image, size) || copy_image(image, -1, size, why);
}
