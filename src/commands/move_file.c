#include "commands/move_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/memory.h"
#include "base/text.h"

enum {
	PIECE_BYTES = 64 * 1024
};

static bool copy_bytes(int source, int copy)
{
	auto_free char *piece = memory_new(PIECE_BYTES);
	struct stat file;
	ssize_t got;

	while ((got = io_read(source, piece, PIECE_BYTES)) > 0)
		if (!io_write(copy, piece, (size_t)got))
			return false;
	return got == 0 && fstat(source, &file) == 0 && fchmod(copy, file.st_mode & 07777) == 0 &&
	       futimens(copy, (struct timespec[]){ file.st_atim, file.st_mtim }) == 0 && fsync(copy) == 0;
}

/* ".NAME.part", beside it. */
static void name_part(const char *name, Text *part)
{
	const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;

	text_append(part, name, (size_t)(base - name));
	text_printf(part, ".%s.part", base);
}

static bool rename_new(int from, const char *name, int to, const char *name_to)
{
	if (renameat2(from, name, to, name_to, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL) /* of file systems that only know how to replace */
		return false;
	if (faccessat(to, name_to, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return false;
	}
	return renameat(from, name, to, name_to) == 0;
}

/* On disk, name and all. */
static bool flush_directory(int to, const char *name)
{
	const char *slash = strrchr(name, '/');
	AUTO_VALUE(Text) path = { 0 };

	if (slash)
		text_append(&path, name, slash == name ? 1 : (size_t)(slash - name));
	auto_fd int fd = openat(to, slash ? text_string(&path) : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 && fsync(fd) == 0;
}

static bool copy_file(int from, const char *name, int to, const char *name_to, Failure *why)
{
	auto_fd int source = openat(from, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	AUTO_VALUE(Text) part = { 0 };
	auto_fd int copy = -1;

	if (source < 0)
		return failure_errno(why, "open '%s'", name);
	name_part(name_to, &part);
	copy = openat(to, text_string(&part), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (copy >= 0 && copy_bytes(source, copy) && rename_new(to, text_string(&part), to, name_to) &&
	    flush_directory(to, name_to))
		return true;
	failure_errno(why, "copy '%s' to '%s'", name, name_to);
	if (copy >= 0)
		unlinkat(to, text_string(&part), 0);
	return false;
}

bool move_file(int from, const char *name, int to, const char *name_to, Failure *why)
{
	if (rename_new(from, name, to, name_to))
		return true;
	if (errno != EXDEV)
		return failure_errno(why, "move '%s' to '%s'", name, name_to);
	return copy_file(from, name, to, name_to, why) &&
	       (unlinkat(from, name, 0) == 0 || failure_errno(why, "remove '%s'", name));
}

bool move_file_is_same(int from, const char *name, int to, const char *other)
{
	auto_fd int a = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	auto_fd int b = openat(to, other, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	auto_free char *pieces = memory_new(2 * PIECE_BYTES);
	ssize_t got, there;

	if (a < 0 || b < 0)
		return false;
	do {
		got = io_read(a, pieces, PIECE_BYTES);
		there = io_read(b, pieces + PIECE_BYTES, PIECE_BYTES);
		if (got < 0 || got != there || memcmp(pieces, pieces + PIECE_BYTES, (size_t)got) != 0)
			return false;
	} while (got > 0);
	return true;
}
