#include "system/undo.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/panic.h"

enum {
	/* A plan holds at most 128 actions; the worst of them, a copy into an mbox, takes three places:
	 * its dotlock, the draft of the dotlock, the old length.  Untouched places cost no memory. */
	ENTRIES_MAX = 512,
	NAME_BYTES = 1024
};

typedef enum UndoKind {
	UNDO_NONE,
	UNDO_UNLINK,
	UNDO_TRUNCATE,
	UNDO_KILL
} UndoKind;

typedef struct UndoEntry {
	_Atomic int kind; /* written last when added, first when struck off */
	unsigned sequence;
	int fd; /* of the directory, or the file to be cut */
	off_t length_bytes;
	pid_t process_group;
	gid_t group;
	bool only_file;
	dev_t device;
	ino_t inode;
	bool only_while_locked; /* by the lock `name` in lock_dir, open as lock_fd */
	int lock_dir, lock_fd;
	char name[NAME_BYTES];
} UndoEntry;

static UndoEntry entries[ENTRIES_MAX];
static _Atomic int entries_used; /* none was ever used from here on */
static unsigned last_sequence;
static volatile sig_atomic_t holds, long_holds, waiting_signal;

/* The only thread that adds is interrupted by the handler, never beside it: release and acquire order
 * what the compiler may do. */
static UndoKind kind_of(const UndoEntry *entry)
{
	return (UndoKind)atomic_load_explicit(&entry->kind, memory_order_acquire);
}

static void set_kind(UndoEntry *entry, UndoKind kind)
{
	atomic_store_explicit(&entry->kind, (int)kind, memory_order_release);
}

static UndoEntry *free_entry(void)
{
	for (int i = 0; i < ENTRIES_MAX; i++) {
		if (kind_of(&entries[i]) != UNDO_NONE)
			continue;
		if (i >= entries_used)
			entries_used = i + 1;
		entries[i].sequence = ++last_sequence;
		entries[i].only_file = entries[i].only_while_locked = false;
		return &entries[i];
	}
	panic("bug in trommel: more than %d things to be undone", ENTRIES_MAX);
}

static Undo place_of(const UndoEntry *entry)
{
	return (Undo)(entry - entries) + 1;
}

Undo undo_add_unlink(int dir_fd, const char *name, gid_t group)
{
	size_t length = strlen(name);
	UndoEntry *entry;

	if (length >= NAME_BYTES)
		panic("bug in trommel: a name of %zu bytes cannot be undone", length);
	entry = free_entry();
	entry->fd = dir_fd;
	entry->group = group;
	memcpy(entry->name, name, length + 1);
	set_kind(entry, UNDO_UNLINK);
	return place_of(entry);
}

void undo_only_file(Undo place, dev_t device, ino_t inode)
{
	UndoEntry *entry = &entries[place - 1];

	BUG_IF(place < 1 || place > entries_used);
	entry->device = device;
	entry->inode = inode;
	atomic_signal_fence(memory_order_release);
	entry->only_file = true;
}

void undo_only_while_locked(Undo place, int dir_fd, const char *lock, int lock_fd)
{
	UndoEntry *entry = &entries[place - 1];
	size_t length = strlen(lock);

	BUG_IF(place < 1 || place > entries_used || length >= NAME_BYTES);
	/* The lock's own entry has the name already. */
	if (kind_of(entry) != UNDO_UNLINK)
		memcpy(entry->name, lock, length + 1);
	entry->lock_dir = dir_fd;
	entry->lock_fd = lock_fd;
	atomic_signal_fence(memory_order_release);
	entry->only_while_locked = true;
}

Undo undo_add_truncate(int fd, off_t length_bytes)
{
	UndoEntry *entry = free_entry();

	entry->fd = fd;
	entry->length_bytes = length_bytes;
	set_kind(entry, UNDO_TRUNCATE);
	return place_of(entry);
}

Undo undo_add_kill(pid_t group)
{
	UndoEntry *entry = free_entry();

	BUG_IF(group <= 1); /* 0 is our own group, 1 everybody */
	entry->process_group = group;
	set_kind(entry, UNDO_KILL);
	return place_of(entry);
}

void undo_strike(Undo *place)
{
	if (*place <= 0)
		return;
	set_kind(&entries[*place - 1], UNDO_NONE);
	*place = 0;
}

static bool is_locked(const UndoEntry *entry)
{
	struct stat ours, now;

	return fstat(entry->lock_fd, &ours) == 0 &&
	       fstatat(entry->lock_dir, entry->name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	       ours.st_dev == now.st_dev && ours.st_ino == now.st_ino;
}

static bool still_ours(const UndoEntry *entry)
{
	struct stat now;

	if (entry->only_while_locked && !is_locked(entry))
		return false;
	if (!entry->only_file)
		return true;
	return fstatat(entry->fd, entry->name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	       now.st_dev == entry->device && now.st_ino == entry->inode;
}

/* glibc's setresgid tells other threads by signals and is not async-signal-safe: the bare call is. */
static void unlink_under_group(const UndoEntry *entry)
{
	gid_t before = getegid();

	if (entry->group != (gid_t)-1)
		syscall(SYS_setresgid, (gid_t)-1, entry->group, (gid_t)-1);
	if (still_ours(entry))
		unlinkat(entry->fd, entry->name, 0);
	if (entry->group != (gid_t)-1)
		syscall(SYS_setresgid, (gid_t)-1, before, (gid_t)-1);
}

static void take_back(const UndoEntry *entry, UndoKind kind)
{
	switch (kind) {
	case UNDO_UNLINK:
		unlink_under_group(entry);
		break;
	case UNDO_TRUNCATE:
		if (still_ours(entry))
			(void)!ftruncate(entry->fd, entry->length_bytes);
		break;
	case UNDO_KILL:
		kill(-entry->process_group, SIGKILL);
		break;
	case UNDO_NONE:
		break;
	}
}

static UndoEntry *newest(void)
{
	UndoEntry *found = NULL;

	for (int i = 0; i < entries_used; i++)
		if (kind_of(&entries[i]) != UNDO_NONE && (!found || entries[i].sequence > found->sequence))
			found = &entries[i];
	return found;
}

void undo_run(void)
{
	int saved = errno;
	UndoEntry *entry;

	/* Struck off only when done: a signal in between does the newest once more, while the lock that
	 * protects it (older, so still on the list) is held; the other order would leave it undone. */
	while ((entry = newest())) {
		take_back(entry, kind_of(entry));
		set_kind(entry, UNDO_NONE);
	}
	errno = saved;
}

void undo_forget(void)
{
	for (int i = 0; i < entries_used; i++)
		set_kind(&entries[i], UNDO_NONE);
	holds = long_holds = 0;
	waiting_signal = 0;
}

void undo_hold_signals(void)
{
	holds = holds + 1;
	atomic_signal_fence(memory_order_seq_cst);
}

/* What waited is heard once nothing holds it. */
static void hear_waiting(void)
{
	int signal = waiting_signal;

	if (!signal || undo_signal_waits(signal))
		return;
	waiting_signal = 0;
	raise(signal);
}

void undo_release_signals(void)
{
	BUG_IF(holds <= 0);
	atomic_signal_fence(memory_order_seq_cst);
	holds = holds - 1;
	hear_waiting();
}

void undo_hold_all_but_deadline(void)
{
	long_holds = long_holds + 1;
	atomic_signal_fence(memory_order_seq_cst);
}

void undo_release_all_but_deadline(void)
{
	BUG_IF(long_holds <= 0);
	atomic_signal_fence(memory_order_seq_cst);
	long_holds = long_holds - 1;
	hear_waiting();
}

bool undo_signal_waits(int signal)
{
	if (holds == 0 && (long_holds == 0 || signal == SIGALRM))
		return false;
	if (!waiting_signal)
		waiting_signal = signal;
	return true;
}
