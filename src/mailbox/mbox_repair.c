/* mbox_repair - break the dotlock of a writer that is gone, and cut off what it left half written
 *
 * Cutting is right only where exit 0 cannot have been reported, and where nobody wrote behind the torn
 * message.  So all of this must agree: the lock is our own user's and says that an append had begun; at its
 * offset stands the From_ line that it names, or the beginning of it; no other message follows, not even one
 * that begins in the middle of a torn line; and the append is incomplete, or this machine has not been
 * restarted since (what a power cut leaves of the lock file may be older than what it leaves of the mailbox).
 */
#include "mailbox/mbox.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/io.h"
#include "base/memory.h"

enum {
	SCAN_SIZE = 64 * 1024,
	SEPARATOR_MAX = 600,     /* bytes of a From_ line, with the longest sender */
	PAUSE_AFTER_BREAK_S = 1, /* who else judged the lock by its age may be about to remove it */
};

static bool fits(char shape, char c)
{
	switch (shape) {
	case 'A':
		return c >= 'A' && c <= 'Z';
	case 'a':
		return c >= 'a' && c <= 'z';
	case '9':
		return ascii_is_digit(c);
	case '?':
		return ascii_is_digit(c) || c == ' ';
	default:
		return c == shape;
	}
}

/* " Thu Jan  1 12:00", which every program has in a From_ line: letters, digits and either where a day has
 * one digit or two. */
static bool has_date(Slice line)
{
	static const char shape[] = " Aaa Aaa ?9 99:99";

	for (size_t i = 0; i + sizeof shape - 1 <= line.length; i++) {
		size_t same = 0;

		while (shape[same] && fits(shape[same], line.data[i + same]))
			same++;
		if (!shape[same])
			return true;
	}
	return false;
}

/* Is there a From_ line in it?  Where a line begins any will do.  Many programs begin at the very end of a
 * mailbox, be it torn in the middle of a line: there it takes a date to be one. */
static bool shows_separator(Slice bytes)
{
	const char *at = bytes.data, *end = bytes.data + bytes.length;

	while ((at = memmem(at, (size_t)(end - at), "From ", 5)) != NULL) {
		size_t length = end - at < SEPARATOR_MAX ? (size_t)(end - at) : SEPARATOR_MAX;
		const char *feed = memchr(at, '\n', length);

		if ((at > bytes.data && at[-1] == '\n') ||
		    has_date(slice(at, feed ? (size_t)(feed - at) : length)))
			return true;
		at += 5;
	}
	return false;
}

/* What the file system cannot read now is not known: the lock stays, and with it the record of what to cut.
 */
static bool cannot_read(const Mbox *mbox, Failure *why)
{
	return failure_errno(why, "read the end of '%s'", mbox->path);
}

/* Reads [offset, end) and looks for another From_ line.  What is not there any more is no proof that there is
 * none. */
static bool look_for_separator(const Mbox *mbox, int fd, off_t offset, off_t end, bool *found, Failure *why)
{
	auto_free char *buffer = memory_new(SCAN_SIZE);
	size_t held = 0;

	*found = true;
	while (offset < end) {
		size_t wanted = end - offset < (off_t)(SCAN_SIZE - held) ? (size_t)(end - offset)
									 : SCAN_SIZE - held;
		ssize_t got = io_read_at(fd, buffer + held, wanted, offset);

		if (got < 0)
			return cannot_read(mbox, why);
		if (got == 0)
			return true;
		offset += got;
		held += (size_t)got;
		if (shows_separator(slice(buffer, held)))
			return true;
		/* One that is not all here yet is seen again. */
		if (held > SEPARATOR_MAX) {
			memmove(buffer, buffer + held - SEPARATOR_MAX, SEPARATOR_MAX);
			held = SEPARATOR_MAX;
		}
	}
	*found = false;
	return true;
}

/* Where what was appended ends: no record ends with NUL, but where a file system has written down its length
 * before its bytes, a power cut leaves zeros. */
static bool find_written_end(const Mbox *mbox, int fd, off_t offset, off_t *size, Failure *why)
{
	char bytes[4096];

	while (*size > offset) {
		size_t length = *size - offset < (off_t)sizeof bytes ? (size_t)(*size - offset)
								     : sizeof bytes;
		ssize_t got = io_read_at(fd, bytes, length, *size - (off_t)length);

		if (got < 0)
			return cannot_read(mbox, why);
		if (got != (ssize_t)length)
			return true;
		for (; length > 0; length--, --*size)
			if (bytes[length - 1] != '\0')
				return true;
	}
	return true;
}

static bool look_at_tail(const Mbox *mbox, int fd, const DotlockHolder *holder, off_t written,
			 bool *is_the_holders, Failure *why)
{
	char line[DOTLOCK_FIRST_LINE_MAX];
	size_t length = holder->first_line_length;
	bool found = false;
	ssize_t got;

	*is_the_holders = false;
	if (written - holder->offset < (off_t)length)
		length = (size_t)(written - holder->offset);
	got = io_read_at(fd, line, length, holder->offset);
	if (got < 0)
		return cannot_read(mbox, why);
	if (got != (ssize_t)length || memcmp(line, holder->first_line, length) != 0)
		return true;
	if (length && !look_for_separator(mbox, fd, holder->offset + (off_t)length - 1, written, &found, why))
		return false;
	*is_the_holders = !found;
	return true;
}

static bool repair(const Mbox *mbox, int fd, const DotlockHolder *holder, off_t size, bool dead, Failure *why)
{
	off_t end = holder->offset + holder->length, written = size;
	bool is_the_holders;

	if (holder->state != 'U' || size <= holder->offset || size > end)
		return true;
	if (!find_written_end(mbox, fd, holder->offset, &written, why))
		return false;
	if (written == end && !(dead && holder->same_boot))
		return true;
	if (!look_at_tail(mbox, fd, holder, written, &is_the_holders, why))
		return false;
	if (!is_the_holders)
		return true;
	if (ftruncate(fd, holder->offset) < 0 || fsync(fd) < 0)
		return failure_errno(why, "cut the broken tail off '%s'", mbox->path);
	return true;
}

bool mbox_break_stale(Mbox *mbox, Failure *why)
{
	const StoreSettings *settings = &mbox->store->settings;
	auto_fd int fd = mbox_open_file(mbox);
	struct stat box = { 0 };
	DotlockHolder holder, again;
	bool dead;

	if ((fd < 0 && errno != ENOENT) || (fd >= 0 && fstat(fd, &box) < 0) ||
	    !dotlock_read_holder(&mbox->dotlock, &holder))
		return true;
	dead = dotlock_holder_is_dead(&mbox->dotlock, &holder);
	if (!dead && !dotlock_holder_is_old(&mbox->dotlock, &holder, box.st_mtime, settings->lock_stale_s))
		return true;
	/* One breaker at a time; and a holder in another container, which only looks dead from here,
	 * has this lock. */
	if (fd >= 0 && !mbox_lock_kernel(fd) && errno == EAGAIN)
		return true;
	if (!dotlock_read_holder(&mbox->dotlock, &again) || again.status.st_ino != holder.status.st_ino ||
	    again.state != holder.state)
		return true;
	if (fd >= 0 && S_ISREG(box.st_mode) && box.st_uid == settings->uid &&
	    (dead || settings->lock_fcntl)) {
		if (fstat(fd, &box) < 0)
			return cannot_read(mbox, why);
		if (!repair(mbox, fd, &holder, box.st_size, dead, why))
			return false;
	}
	if (dotlock_break(&mbox->dotlock, &holder) && !dead)
		nanosleep(&(struct timespec){ .tv_sec = PAUSE_AFTER_BREAK_S }, NULL);
	return true;
}
