/* split_files - a file for each message */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/memory.h"
#include "commands/split.h"

enum {
	PIECE_BYTES = 64 * 1024
};

bool split_write(const Message *message, bool from_line, int fd, Failure *why)
{
	const Slice line = message->from_line;
	auto_free char *piece = memory_new(PIECE_BYTES);
	size_t got;

	if (from_line && line.length && (!io_write(fd, line.data, line.length) || !io_write(fd, "\n", 1)))
		return failure_errno(why, "write a message");
	for (off_t at = 0; at < message->size_bytes; at += (off_t)got) {
		if (!message_read(message, at, piece, PIECE_BYTES, &got, why))
			return false;
		if (!io_write(fd, piece, got))
			return failure_errno(why, "write a message");
	}
	return true;
}

static bool fill(int fd, const Sourced *it, bool from_line, Failure *why)
{
	const struct timespec times[] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = it->received } };

	if (!split_write(it->message, from_line, fd, why))
		return false;
	return !it->has_received || futimens(fd, times) == 0 || failure_errno(why, "set the time of a file");
}

/* Its name is linked to it when it is whole, which takes no name of another. */
bool split_file(int directory, const char *path, const Sourced *it, bool from_line, size_t number,
		Failure *why)
{
	char name[40], part[48];
	auto_fd int fd = -1;
	bool done;

	snprintf(name, sizeof name, "%06zu.eml", number);
	snprintf(part, sizeof part, ".%s.part", name);
	fd = openat(directory, part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return failure_errno(why, "make '%s/%s'", path, part);
	done = fill(fd, it, from_line, why) && (close_checked(&fd) || failure_errno(why, "write a message"));
	if (!done)
		failure_add(why, "in '%s/%s'", path, part);
	else if (linkat(directory, part, directory, name, 0) < 0)
		done = failure_errno(why, "make '%s/%s'", path, name);
	unlinkat(directory, part, 0);
	return done;
}
