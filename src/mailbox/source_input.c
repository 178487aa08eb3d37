#include "mailbox/source_input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/memory.h"

bool input_begin(SourceInput *input, int fd, Failure *why)
{
	struct stat file;
	off_t at = 0;

	if (fstat(fd, &file) < 0)
		return failure_errno(why, "look at it");
	if (S_ISREG(file.st_mode) && (at = lseek(fd, 0, SEEK_CUR)) < 0)
		return failure_errno(why, "find the place in it");
	input->fd = fd;
	input->seekable = S_ISREG(file.st_mode);
	input->offset = at;
	input->end = input->size = !input->seekable ? -1 : file.st_size > at ? file.st_size : at;
	input->eof = false;
	input->start = input->length = 0;
	return true;
}

void input_clear(SourceInput *input)
{
	free(input->buffer);
	*input = (SourceInput){ .fd = -1 };
}

static void make_room(SourceInput *input, size_t wanted)
{
	size_t need = wanted + INPUT_CHUNK_BYTES;

	if (input->start && input->length)
		memmove(input->buffer, input->buffer + input->start, input->length);
	input->start = 0;
	if (need <= input->capacity)
		return;
	input->buffer = memory_resize(input->buffer, need, 1);
	input->capacity = need;
}

static ssize_t read_more(SourceInput *input, size_t room)
{
	char *to = input->buffer + input->length;

	if (input->seekable)
		return io_read_at(input->fd, to, room, input->offset + (off_t)input->length);
	return read(input->fd, to, room);
}

/* How much is to be read: never beyond what the file had when it was opened. */
static size_t room_for(const SourceInput *input)
{
	size_t room = input->capacity - input->length;
	off_t left = input->size - input->offset - (off_t)input->length;

	if (!input->seekable || left >= (off_t)room)
		return room;
	return left > 0 ? (size_t)left : 0;
}

bool input_fill(SourceInput *input, size_t wanted, Failure *why)
{
	if (input_window(input).length >= wanted || input_all_seen(input))
		return true;
	make_room(input, wanted);
	while (input_window(input).length < wanted && !input_all_seen(input)) {
		size_t room = room_for(input);
		ssize_t got = room ? read_more(input, room) : 0;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return failure_errno(why, "read on");
		input->length += (size_t)got;
		input->eof = got == 0;
	}
	return true;
}

bool input_all_seen(const SourceInput *input)
{
	return input->eof || (input->end >= 0 && input->offset + (off_t)input->length >= input->end);
}

Slice input_window(const SourceInput *input)
{
	off_t left = input->end - input->offset;
	size_t length = input->length;

	if (input->end >= 0 && left < (off_t)length)
		length = left > 0 ? (size_t)left : 0;
	return slice(input->buffer ? input->buffer + input->start : "", length);
}

void input_take(SourceInput *input, size_t count)
{
	input->start += count;
	input->length -= count;
	input->offset += (off_t)count;
}

bool input_skip(SourceInput *input, off_t count, Failure *why)
{
	while (count > 0) {
		size_t here = input->length < (size_t)count ? input->length : (size_t)count;

		input_take(input, here);
		count -= (off_t)here;
		if (count && input->seekable) {
			input->offset += count;
			return true;
		}
		if (count && !input_fill(input, 1, why))
			return false;
		if (count && !input->length)
			return failure_retry(why, "it ends too early");
	}
	return true;
}

int input_spool(Failure *why)
{
	const char *directory = getenv("TMPDIR");
	int fd = open(directory && *directory ? directory : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	/* Memory that can be swapped, where the file system makes no unnamed files. */
	if (fd < 0)
		fd = memfd_create("trommel", MFD_CLOEXEC);
	if (fd < 0)
		failure_errno(why, "make room for a large message");
	return fd;
}
