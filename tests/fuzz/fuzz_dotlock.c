/* A lock that we wrote is read as it was; whatever stands in one, who holds it is told in one line; and what
 * a lock of the dead has cut off a mailbox is the one record that it names, at the place that it names, with
 * no message behind it (mailbox/dotlock.h, mbox_repair.c).
 *
 * The first byte says which: 0, and the rest is the lock; 1, and it chooses a lock of the dead and a mailbox.
 */
#include "fuzz_files.h"

#include <stdint.h>

#include "base/ascii.h"
#include "mailbox/boot.h"
#include "mailbox/mbox.h"
#include "system/privileges.h"

static void look_at_holder(const DotlockHolder *holder)
{
	LAW(holder->pid >= 0 && memchr(holder->host, '\0', sizeof holder->host));
	LAW(!holder->state || holder->state == 'U' || holder->state == 'C');
	LAW(holder->first_line_length <= sizeof holder->first_line);
	if (holder->state) {
		LAW(holder->offset >= 0 && holder->length > 0 && holder->first_line_length > 0);
		LAW(holder->length <= INT64_MAX - holder->offset);
	}
}

static void read_any(int directory, Dotlock *lock, Slice bytes)
{
	DotlockHolder holder;
	Failure why = { 0 };

	fuzz_write(directory, "mbox.lock", bytes);
	LAW(dotlock_read_holder(lock, &holder));
	look_at_holder(&holder);
	dotlock_holder_is_dead(lock, &holder);
	failure_retry(&why, "mbox is locked");
	dotlock_name_holder(lock, &why);
	for (const char *at = why.text; *at; at++)
		LAW(!ascii_is_control(*at), "%s", why.text);
	LAW(unlinkat(directory, "mbox.lock", 0) == 0);
}

static void write_and_read(Dotlock *lock, Slice first_line)
{
	DotlockHolder holder;
	Failure why = { 0 };
	off_t offset = (off_t)first_line.length * 1000, length = 1 + (off_t)first_line.length;

	if (!first_line.length)
		return;
	LAW(dotlock_try(lock, &why) == DOTLOCK_TAKEN, "%s", why.text);
	LAW(dotlock_mark_begun(lock, offset, length, first_line, &why), "%s", why.text);
	LAW(dotlock_read_holder(lock, &holder));
	if (first_line.length > DOTLOCK_FIRST_LINE_MAX)
		first_line.length = DOTLOCK_FIRST_LINE_MAX;
	LAW(holder.pid == getpid() && strcmp(holder.host, lock->machine) == 0);
	LAW(holder.state == 'U' && holder.offset == offset && holder.length == length && holder.same_boot);
	LAW_SAME(slice(holder.first_line, holder.first_line_length), first_line);
	LAW(!dotlock_holder_is_dead(lock, &holder));
	LAW(dotlock_mark_complete(lock, &why), "%s", why.text);
	LAW(dotlock_read_holder(lock, &holder) && holder.state == 'C' && holder.offset == offset);
	dotlock_release(lock);
	LAW(!dotlock_read_holder(lock, &holder));
}

/* ---- what the dead leave ---- */

enum {
	PIECES_MAX = 8
};

static const char separator[] = "From ann@example.org  Mon Nov 16 08:00:00 2026\n";

static void choose_mailbox(FuzzChoices *choices, Text *mailbox, size_t places[PIECES_MAX + 1])
{
	for (size_t i = 0; i < PIECES_MAX; i++) {
		places[i] = mailbox->length;
		switch (fuzz_choose(choices, 4)) {
		case 0:
			text_append_string(mailbox, separator);
			break;
		case 1:
			text_append_slice(mailbox, fuzz_bytes(choices, 60));
			break;
		case 2:
			text_append(mailbox, "\0\0\0\0\0\0\0\0", fuzz_choose(choices, 9));
			break;
		default:
			text_append_string(mailbox, "\n");
		}
	}
	places[PIECES_MAX] = mailbox->length;
}

/* No process has this number, which is above all that may be. */
static void choose_lock(FuzzChoices *choices, const size_t places[PIECES_MAX + 1], Text *lock)
{
	size_t offset = places[fuzz_choose(choices, PIECES_MAX + 1)] + fuzz_choose(choices, 3);
	Slice line = fuzz_choose(choices, 2) ? fuzz_bytes(choices, 20)
					     : SLICE("From ann@example.org  Mon Nov");
	bool ours = !fuzz_rarely(choices, 4);

	text_printf(lock, "2000000000:host");
	text_append_char(lock, '\0');
	text_printf(lock, "%c %zu %zu %lld %lld %zu\n", fuzz_rarely(choices, 4) ? 'C' : 'U', offset,
		    1 + fuzz_choose(choices, 600), ours ? (long long)boot_time_s() : 0LL,
		    (long long)boot_clock_ns(), line.length);
	text_append_slice(lock, line);
}

static void look_at_cut(Slice before, Slice after, const DotlockHolder *holder)
{
	Slice cut = slice_from(before, after.length);
	size_t named = holder->first_line_length < cut.length ? holder->first_line_length : cut.length;

	LAW_SAME(after, slice(before.data, after.length));
	if (!cut.length)
		return;
	LAW(holder->state == 'U' && (off_t)after.length == holder->offset);
	LAW((off_t)cut.length <= holder->length);
	/* zeros at its end are of a power cut */
	while (cut.length && !cut.data[cut.length - 1])
		cut.length--;
	named = named < cut.length ? named : cut.length;
	LAW_SAME(slice(cut.data, named), slice(holder->first_line, named));
	cut = slice_from(cut, named);
	LAW(!memmem(cut.data, cut.length, "\nFrom ", 6));
}

static void repair(FuzzChoices *choices, int directory)
{
	AUTO_VALUE(Text) before = { 0 }, after = { 0 }, lock = { 0 };
	Store store = { .settings = { .uid = geteuid(), .lock_stale_s = 1000, .lock_fcntl = true } };
	Mbox mbox = { .store = &store, .dir_fd = directory, .path = "mbox", .name = "mbox", .fd = -1 };
	size_t places[PIECES_MAX + 1];
	DotlockHolder holder;
	Failure why = { 0 };

	LAW(dotlock_init(&mbox.dotlock, directory, "mbox", "host", NO_GROUP, &why), "%s", why.text);
	choose_mailbox(choices, &before, places);
	choose_lock(choices, places, &lock);
	fuzz_write(directory, "mbox", text_slice(&before));
	fuzz_write(directory, "mbox.lock", text_slice(&lock));
	LAW(dotlock_read_holder(&mbox.dotlock, &holder));
	look_at_holder(&holder);
	LAW(mbox_break_stale(&mbox, &why), "%s", why.text);
	LAW(faccessat(directory, "mbox.lock", F_OK, 0) < 0);
	fuzz_read(directory, "mbox", &after);
	look_at_cut(text_slice(&before), text_slice(&after), &holder);
}

static void fuzz(Slice input)
{
	auto_fd int directory = fuzz_directory();
	FuzzChoices choices = { input };
	Dotlock lock;
	Failure why = { 0 };

	LAW(dotlock_init(&lock, directory, "mbox", "host", NO_GROUP, &why), "%s", why.text);
	if (fuzz_choose(&choices, 2)) {
		repair(&choices, directory);
		return;
	}
	read_any(directory, &lock, choices.rest);
	write_and_read(&lock, choices.rest);
}
