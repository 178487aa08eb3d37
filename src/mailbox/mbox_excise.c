#include "mailbox/mbox_excise.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/memory.h"

enum {
	PIECE_BYTES = 256 * 1024,
	STATE_BYTES = 8192
};

void mbox_regions_add(MboxRegions *regions, off_t offset, off_t length)
{
	MboxRegion *last = regions->count ? &regions->items[regions->count - 1] : NULL;

	if (last && last->offset + last->length == offset) {
		last->length += length;
		return;
	}
	MEMORY_GROW(regions->items, regions->count, regions->capacity);
	regions->items[regions->count++] = (MboxRegion){ offset, length };
}

/* ---- files ---- */

static int open_part(const Excise *excise, const char *part, int flags, Failure *why)
{
	AUTO_VALUE(Text) name = { 0 };
	int fd;

	text_printf(&name, "%s.%s", excise->name, part);
	fd = openat(excise->dir_fd, text_string(&name), flags | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		failure_errno(why, "open '%s'", text_string(&name));
	return fd;
}

/* Half a line that was left goes first: with this one behind it it would say something else. */
static bool note(Excise *excise, ExciseStep step, const char *line, Failure *why)
{
	auto_fd int fd = open_part(excise, "state", O_WRONLY | O_CREAT, why);

	if (fd < 0)
		return false;
	if (ftruncate(fd, excise->noted) < 0 || !io_write_at(fd, line, strlen(line), excise->noted) ||
	    fsync(fd) < 0 || fsync(excise->dir_fd) < 0)
		return failure_errno(why, "note how far '%s' is", excise->name);
	excise->noted += (off_t)strlen(line);
	excise->step = step;
	return true;
}

static bool copy(int from, off_t at, int to, off_t there, off_t length, Failure *why)
{
	auto_free char *piece = memory_new(PIECE_BYTES);

	while (length > 0) {
		size_t wanted = length < PIECE_BYTES ? (size_t)length : PIECE_BYTES;
		ssize_t got = io_read_at(from, piece, wanted, at);

		if (got >= 0 && got < (ssize_t)wanted)
			return failure_retry(why, "copy mail: it ends before it should");
		if (got < 0 || !io_write_at(to, piece, wanted, there))
			return failure_errno(why, "copy mail");
		at += (off_t)wanted;
		there += (off_t)wanted;
		length -= (off_t)wanted;
	}
	return true;
}

/* Are they the same?  A file that is too short is not.  False when that could not be seen. */
static bool compare(int a, off_t at, int b, off_t there, off_t length, bool *same, Failure *why)
{
	auto_free char *pieces = memory_new(2 * PIECE_BYTES);

	*same = true;
	while (length > 0 && *same) {
		size_t wanted = length < PIECE_BYTES ? (size_t)length : PIECE_BYTES;
		ssize_t got = io_read_at(a, pieces, wanted, at), other = 0;

		if (got == (ssize_t)wanted)
			other = io_read_at(b, pieces + PIECE_BYTES, wanted, there);
		if (got < 0 || other < 0)
			return failure_errno(why, "read mail again");
		*same = got == (ssize_t)wanted && other == got &&
			memcmp(pieces, pieces + PIECE_BYTES, wanted) == 0;
		at += (off_t)wanted;
		there += (off_t)wanted;
		length -= (off_t)wanted;
	}
	return true;
}

/* ---- the state ---- */

/* A path may hold anything: "%0A" is a line end in it, "%25" a percent sign. */
static void note_path(Text *line, const char *path)
{
	for (; *path; path++)
		if (*path == '\n' || *path == '%')
			text_printf(line, "%%%02X", (unsigned)*path);
		else
			text_append_char(line, *path);
}

static void read_path(Text *path, const char *noted)
{
	for (; *noted; noted++) {
		bool is_end = strncmp(noted, "%0A", 3) == 0, is_percent = strncmp(noted, "%25", 3) == 0;

		text_append_char(path, is_end ? '\n' : *noted);
		noted += is_end || is_percent ? 2 : 0;
	}
}

static void read_line(Excise *excise, const char *line)
{
	long long old_size, new_size, first;
	int path = 0;

	if (sscanf(line, "begun %lld %lld %lld%n", &old_size, &new_size, &first, &path) == 3 &&
	    line[path] == ' ') {
		excise->step = EXCISE_BEGUN;
		excise->old_size = old_size;
		excise->new_size = new_size;
		excise->first = first;
		text_reset(&excise->path);
		read_path(&excise->path, line + path + 1);
	} else if (strcmp(line, "written") == 0) {
		excise->step = EXCISE_WRITTEN;
	} else if (sscanf(line, "late %lld", &old_size) == 1) {
		excise->late = old_size;
	} else if (strcmp(line, "done") == 0) {
		excise->step = EXCISE_DONE;
	} else if (sscanf(line, "restoring %lld", &old_size) == 1) {
		excise->step = EXCISE_RESTORING;
		excise->arrived = old_size;
	} else if (strcmp(line, "restored") == 0) {
		excise->step = EXCISE_RESTORED;
	}
}

/* A line without its end was not noted. */
bool excise_read(Excise *excise, Failure *why)
{
	AUTO_VALUE(Text) state = { 0 };
	auto_fd int fd = open_part(excise, "state", O_RDONLY, why);
	char *line, *end;

	excise->step = EXCISE_NONE;
	excise->noted = 0;
	if (fd < 0 && errno == ENOENT) {
		*why = (Failure){ 0 };
		return true;
	}
	if (fd < 0 || !io_read_file(fd, excise->name, STATE_BYTES, &state, why))
		return false;
	text_append_char(&state, '\0');
	for (line = state.data; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		read_line(excise, line);
	}
	excise->noted = line - state.data;
	return true;
}

void excise_clear(Excise *excise)
{
	text_clear(&excise->path);
}

/* ---- taking out ---- */

/* What was appended with a position of its own would go to the end all the same. */
static bool allow_positions(const Mbox *mbox, Failure *why)
{
	int flags = fcntl(mbox->fd, F_GETFL);

	return (flags >= 0 && fcntl(mbox->fd, F_SETFL, flags & ~O_APPEND) == 0) ||
	       failure_errno(why, "write in '%s'", mbox->path);
}

static bool save(const Excise *excise, const Mbox *mbox, const char *part, off_t from, off_t to, Failure *why)
{
	auto_fd int fd = open_part(excise, part, O_WRONLY | O_CREAT | O_TRUNC, why);

	if (fd < 0 || !copy(mbox->fd, from, fd, 0, to - from, why))
		return false;
	return (fsync(fd) == 0 && close_checked(&fd)) || failure_errno(why, "save mail");
}

static bool save_map(const Excise *excise, const MboxRegion *regions, size_t count, Failure *why)
{
	auto_fd int fd = open_part(excise, "map", O_WRONLY | O_CREAT | O_TRUNC, why);

	if (fd < 0)
		return false;
	return (io_write(fd, regions, count * sizeof *regions) && fsync(fd) == 0 && close_checked(&fd)) ||
	       failure_errno(why, "save which messages are taken");
}

/* Does to each run of bytes that stays, at `from` in the mailbox as it was and `to` as it will be. */
typedef bool (*Staying)(int saved, const Excise *excise, int mbox, off_t from, off_t to, off_t length,
			Failure *why);

static bool write_staying(int saved, const Excise *excise, int mbox, off_t from, off_t to, off_t length,
			  Failure *why)
{
	return copy(saved, from - excise->first, mbox, to, length, why);
}

static bool check_staying(int saved, const Excise *excise, int mbox, off_t from, off_t to, off_t length,
			  Failure *why)
{
	bool same;

	return compare(saved, from - excise->first, mbox, to, length, &same, why) &&
	       (same || failure_retry(why, "what stayed in it was changed since"));
}

static bool each_staying(const Excise *excise, int mbox, Staying what, Failure *why)
{
	auto_fd int saved = open_part(excise, "old", O_RDONLY, why);
	auto_fd int map = saved < 0 ? -1 : open_part(excise, "map", O_RDONLY, why);
	off_t at = excise->first, to = excise->first;
	MboxRegion region;
	bool more = true;

	if (map < 0)
		return false;
	while (more) {
		ssize_t got = io_read(map, &region, sizeof region);

		more = got == (ssize_t)sizeof region;
		if (!more && got != 0)
			return failure_errno(why, "read which messages are taken");
		if (!more)
			region = (MboxRegion){ excise->old_size, 0 };
		if (!what(saved, excise, mbox, at, to, region.offset - at, why))
			return false;
		to += region.offset - at;
		at = region.offset + region.length;
	}
	return true;
}

/* Was it cut already, and has maybe grown since?  Then what stood behind the new end is not there. */
static bool is_uncut(const Excise *excise, const Mbox *mbox, bool *uncut, Failure *why)
{
	auto_fd int saved = open_part(excise, "old", O_RDONLY, why);

	return saved >= 0 && compare(saved, excise->new_size - excise->first, mbox->fd, excise->new_size,
				     excise->old_size - excise->new_size, uncut, why);
}

/* The same once what came later had been saved to be moved up. */
static bool is_uncut_still(const Excise *excise, const Mbox *mbox, off_t size, bool *uncut, Failure *why)
{
	auto_fd int late = open_part(excise, "late", O_RDONLY, why);

	*uncut = size == excise->old_size + excise->late;
	return late >= 0 &&
	       (*uncut || compare(late, 0, mbox->fd, excise->old_size, excise->late, uncut, why));
}

/* What others appended while nobody held the lock stands behind the old end, and moves up. */
static bool move_up(Excise *excise, const Mbox *mbox, off_t size, Failure *why)
{
	char line[64];

	snprintf(line, sizeof line, "late %lld\n", (long long)(size - excise->old_size));
	if (!save(excise, mbox, "late", excise->old_size, size, why) ||
	    !note(excise, EXCISE_WRITTEN, line, why))
		return false;
	excise->late = size - excise->old_size;
	auto_fd int late = open_part(excise, "late", O_RDONLY, why);
	if (late < 0 || !copy(late, 0, mbox->fd, excise->new_size, excise->late, why))
		return false;
	return fsync(mbox->fd) == 0 || failure_errno(why, "flush '%s'", mbox->path);
}

static bool cut(Excise *excise, const Mbox *mbox, Failure *why)
{
	off_t size = lseek(mbox->fd, 0, SEEK_END);
	bool uncut;

	if (size < 0)
		return failure_errno(why, "find the end of '%s'", mbox->path);
	if (size < excise->old_size)
		return true;
	if (!(excise->late ? is_uncut_still(excise, mbox, size, &uncut, why)
			   : is_uncut(excise, mbox, &uncut, why)))
		return false;
	if (!uncut)
		return true;
	if (size > excise->old_size && !move_up(excise, mbox, size, why))
		return false;
	return (ftruncate(mbox->fd, excise->new_size + excise->late) == 0 && fsync(mbox->fd) == 0) ||
	       failure_errno(why, "cut '%s'", mbox->path);
}

bool excise_finish(Excise *excise, Mbox *mbox, Failure *why)
{
	if (!allow_positions(mbox, why))
		return false;
	if (excise->step == EXCISE_BEGUN) {
		if (!each_staying(excise, mbox->fd, write_staying, why))
			return false;
		if (fsync(mbox->fd) < 0)
			return failure_errno(why, "flush '%s'", mbox->path);
		if (!note(excise, EXCISE_WRITTEN, "written\n", why))
			return false;
	}
	if (excise->step == EXCISE_WRITTEN)
		return cut(excise, mbox, why) && note(excise, EXCISE_DONE, "done\n", why);
	return true;
}

bool excise_begin(Excise *excise, Mbox *mbox, const MboxRegion *regions, size_t count, Failure *why)
{
	AUTO_VALUE(Text) line = { 0 };
	struct stat now;

	if (count == 0)
		return true;
	if (fstat(mbox->fd, &now) < 0)
		return failure_errno(why, "look at '%s'", mbox->path);
	excise->first = regions[0].offset;
	excise->old_size = excise->new_size = now.st_size;
	for (size_t i = 0; i < count; i++)
		excise->new_size -= regions[i].length;
	text_append_string(&excise->path, mbox->path);
	text_printf(&line, "begun %lld %lld %lld ", (long long)excise->old_size, (long long)excise->new_size,
		    (long long)excise->first);
	note_path(&line, mbox->path);
	text_append_char(&line, '\n');
	return save(excise, mbox, "old", excise->first, excise->old_size, why) &&
	       save_map(excise, regions, count, why) && note(excise, EXCISE_BEGUN, text_string(&line), why) &&
	       excise_finish(excise, mbox, why);
}

/* ---- putting back ---- */

/* What came since is saved before anything is overwritten. */
static bool save_arrived(Excise *excise, Mbox *mbox, Failure *why)
{
	off_t size = lseek(mbox->fd, 0, SEEK_END);
	char line[64];

	if (size < excise->new_size)
		return failure_retry(why, "it is shorter than it was left");
	if (!each_staying(excise, mbox->fd, check_staying, why) ||
	    !save(excise, mbox, "new", excise->new_size, size, why))
		return false;
	excise->arrived = size - excise->new_size;
	snprintf(line, sizeof line, "restoring %lld\n", (long long)excise->arrived);
	return note(excise, EXCISE_RESTORING, line, why);
}

static bool put_back(const Excise *excise, const Mbox *mbox, Failure *why)
{
	auto_fd int arrived = open_part(excise, "new", O_RDONLY, why);
	auto_fd int saved = arrived < 0 ? -1 : open_part(excise, "old", O_RDONLY, why);

	if (saved < 0 || !copy(arrived, 0, mbox->fd, excise->old_size, excise->arrived, why))
		return false;
	if (fsync(mbox->fd) < 0)
		return failure_errno(why, "flush '%s'", mbox->path);
	if (!copy(saved, 0, mbox->fd, excise->first, excise->old_size - excise->first, why))
		return false;
	return fsync(mbox->fd) == 0 || failure_errno(why, "flush '%s'", mbox->path);
}

bool excise_restore(Excise *excise, Mbox *mbox, Failure *why)
{
	if (!allow_positions(mbox, why) || !excise_finish(excise, mbox, why))
		return false;
	if (excise->step == EXCISE_DONE && !save_arrived(excise, mbox, why))
		return failure_add(why, "mailbox '%s'", mbox->path);
	if (excise->step == EXCISE_RESTORING)
		return put_back(excise, mbox, why) && note(excise, EXCISE_RESTORED, "restored\n", why);
	return true;
}
