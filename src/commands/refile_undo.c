#include "commands/refile_undo.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/memory.h"
#include "base/names.h"
#include "commands/move_file.h"
#include "mailbox/filing_bulk.h"
#include "mailbox/mbox_excise.h"

/* --- files --- */

/* A file is back in its source; one that has not left it is there. */
static bool give_back(RefileUndo *undo, const LogLine *line, Failure *why)
{
	AUTO_VALUE(Text) taken = { 0 };
	struct stat there;

	text_printf(&taken, "taken/%s", line->fields[1]);
	if (fstatat(undo->log->dir_fd, text_string(&taken), &there, AT_SYMLINK_NOFOLLOW) < 0 &&
	    errno == ENOENT)
		return true;
	if (lstat(line->fields[0], &there) == 0) {
		/* Killed between a copy and its original's end: one of them goes. */
		if (!move_file_is_same(undo->log->dir_fd, text_string(&taken), AT_FDCWD, line->fields[0]))
			return failure_retry(why,
					     "'%s' is another file than the one that was taken from there, "
					     "which is '%s/%s': move it away, then undo again",
					     line->fields[0], text_string(&undo->log->path),
					     text_string(&taken));
		return unlinkat(undo->log->dir_fd, text_string(&taken), 0) == 0 ||
		       failure_errno(why, "remove '%s'", text_string(&taken));
	}
	undo->returned++;
	return move_file(undo->log->dir_fd, text_string(&taken), AT_FDCWD, line->fields[0], why);
}

/* --- copies in Maildirs --- */

/* A reader may have moved it to cur/, or changed its flags. */
static bool remove_renamed(int maildir, const char *base, size_t length, bool *found)
{
	static const char *const parts[] = { "new", "cur" };

	for (size_t i = 0; i < 2 && !*found; i++) {
		int fd = openat(maildir, parts[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		DIR *listing = fd < 0 ? NULL : fdopendir(fd);

		for (struct dirent *entry; listing && !*found && (entry = readdir(listing));)
			if (strncmp(entry->d_name, base, length) == 0 &&
			    (entry->d_name[length] == '\0' || entry->d_name[length] == ':'))
				*found = unlinkat(dirfd(listing), entry->d_name, 0) == 0;
		if (listing)
			closedir(listing);
	}
	return *found;
}

/* In a batch that was interrupted a copy may never have been there, and an undoing that was has removed some.
 */
static bool is_missed(const RefileUndo *undo, char end)
{
	return end == 'E' && !undo->log->undone;
}

static bool remove_copy(RefileUndo *undo, const LogLine *line, char end, Failure *why)
{
	auto_fd int maildir = open(line->fields[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *base = strchr(line->fields[1], '/');
	bool found;

	if (maildir < 0 && errno != ENOENT)
		return failure_errno(why, "open '%s'", line->fields[0]);
	found = maildir >= 0 && unlinkat(maildir, line->fields[1], 0) == 0;
	if (maildir >= 0 && !found && base)
		remove_renamed(maildir, base + 1, strcspn(base + 1, ":"), &found);
	undo->removed += found;
	undo->gone += !found && is_missed(undo, end);
	return true;
}

/* --- records in mboxes --- */

bool refile_undo_lock(Mbox *mbox, const Store *store, const char *path, Failure *why)
{
	auto_free char *directory = memory_copy_bytes(path, (size_t)(strrchr(path, '/') - path));
	Mbox *all[] = { mbox };
	int fd = open(*directory ? directory : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return failure_errno(why, "open '%s'", directory);
	return mbox_init(mbox, store, fd, path, why) && mbox_lock_all(all, 1, why);
}

static int by_offset(const void *a, const void *b)
{
	const MboxRegion *one = a, *other = b;

	return one->offset < other->offset ? -1 : one->offset > other->offset;
}

/* How the batch of each line ended: 'E' or 'R' as in the log, or 0: it did not. */
static char *find_ends(const RefileLog *log)
{
	char *ends = memory_zeroed(log->count + 1, 1), end = 0;

	for (size_t i = log->count; i-- > 0;) {
		const char kind = log->bytes[log->lines[i]];

		if (kind == 'E' || kind == 'R')
			end = kind;
		ends[i] = end;
	}
	return ends;
}

/* The records of the mbox that are still where they were, among the lines from `first` on. */
static size_t find_records(RefileUndo *undo, size_t first, const char *ends, const char *path, int fd,
			   MboxRegion **regions)
{
	AUTO_VALUE(Text) text = { 0 };
	size_t count = 0, capacity = 0;
	LogLine line;

	for (size_t i = first; i < undo->log->count; i++) {
		FiledPlace place = { .path = path };

		refile_log_line(undo->log, i, &line, &text);
		if (line.kind != 'a' || ends[i] == 'R' || strcmp(line.fields[0], path) != 0)
			continue;
		place.offset = strtoll(line.fields[1], NULL, 10);
		place.length = strtoll(line.fields[2], NULL, 10);
		place.digested = strtoull(line.fields[3], NULL, 10);
		snprintf(place.digest, sizeof place.digest, "%s", line.fields[4]);
		if (!filed_place_holds(&place, fd)) {
			undo->gone += is_missed(undo, ends[i]);
			continue;
		}
		MEMORY_GROW(*regions, count, capacity);
		(*regions)[count++] = (MboxRegion){ place.offset, place.length };
	}
	if (count > 0)
		qsort(*regions, count, sizeof **regions, by_offset);
	return count;
}

static void next_name(int dir_fd, const char *kind, unsigned *number, char name[40])
{
	for (;; ++*number) {
		char state[48];

		snprintf(name, 40, "%s-%u", kind, *number);
		snprintf(state, sizeof state, "%s.state", name);
		if (faccessat(dir_fd, state, F_OK, 0) < 0)
			return;
	}
}

static bool remove_records(RefileUndo *undo, size_t first, const char *ends, const char *path, Failure *why)
{
	Mbox mbox = { .fd = -1, .dir_fd = -1 };
	auto_free MboxRegion *regions = NULL;
	unsigned number = 1;
	char name[40];
	Excise excise = { .dir_fd = undo->log->dir_fd, .name = name };
	bool done = refile_undo_lock(&mbox, undo->store, path, why);

	if (done) {
		size_t count = find_records(undo, first, ends, path, mbox.fd, &regions);

		next_name(undo->log->dir_fd, "undo", &number, name);
		done = excise_begin(&excise, &mbox, regions, count, why);
		undo->removed += count;
	}
	excise_clear(&excise);
	mbox_clear(&mbox);
	return done;
}

static bool is_known(const Names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->items[i], name) == 0)
			return true;
	return false;
}

bool refile_undo_lines(RefileUndo *undo, size_t first, Failure *why)
{
	auto_free char *ends = find_ends(undo->log);
	AUTO_VALUE(Names) mboxes = { 0 };
	AUTO_VALUE(Text) text = { 0 };
	LogLine line;

	for (size_t i = undo->log->count; i-- > first;) {
		if (ends[i] == 'R')
			continue;
		refile_log_line(undo->log, i, &line, &text);
		if (line.kind == 's')
			undo->sent += strtoull(line.fields[0], NULL, 10);
		if (line.kind == 't' && !give_back(undo, &line, why))
			return false;
		if (line.kind == 'c' && !remove_copy(undo, &line, ends[i], why))
			return false;
		if (line.kind == 'a' && !is_known(&mboxes, line.fields[0]))
			names_add(&mboxes, line.fields[0]);
	}
	for (size_t i = 0; i < mboxes.count; i++)
		if (!remove_records(undo, first, ends, mboxes.items[i], why))
			return false;
	sync();
	return true;
}

/* --- what was taken out of mboxes --- */

static bool is_state(const char *name)
{
	size_t length = strlen(name);

	return length > 6 && strcmp(name + length - 6, ".state") == 0;
}

static bool list_states(int dir_fd, Names *names, Failure *why)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *listing = fd < 0 ? NULL : fdopendir(fd);
	bool done = listing && names_read(listing, is_state, SIZE_MAX, names);

	if (!done)
		failure_errno(why, "list the run");
	if (listing)
		closedir(listing);
	for (size_t i = 0; i < names->count; i++)
		names->items[i][strlen(names->items[i]) - 6] = '\0';
	return done;
}

static bool change_one(RefileUndo *undo, const char *name,
		       bool (*change)(Excise *excise, Mbox *mbox, Failure *why), ExciseStep last,
		       Failure *why)
{
	Excise excise = { .dir_fd = undo->log->dir_fd, .name = name };
	Mbox mbox = { .fd = -1, .dir_fd = -1 };
	bool done = excise_read(&excise, why);

	if (done && excise.step != EXCISE_NONE && excise.step < last)
		done = refile_undo_lock(&mbox, undo->store, text_string(&excise.path), why) &&
		       change(&excise, &mbox, why);
	mbox_clear(&mbox);
	excise_clear(&excise);
	return done;
}

bool refile_undo_settle(RefileUndo *undo, Failure *why)
{
	AUTO_VALUE(Names) names = { 0 };
	bool done = list_states(undo->log->dir_fd, &names, why);

	for (size_t i = 0; i < names.count && done; i++)
		done = change_one(undo, names.items[i], excise_finish, EXCISE_DONE, why);
	return done;
}

bool refile_undo_restore(RefileUndo *undo, Failure *why)
{
	AUTO_VALUE(Names) names = { 0 };
	bool done = list_states(undo->log->dir_fd, &names, why);

	/* The order of names: of two in one mbox there is none. */
	for (size_t i = names.count; i-- > 0 && done;)
		if (strncmp(names.items[i], "cut-", 4) == 0)
			done = change_one(undo, names.items[i], excise_restore, EXCISE_RESTORED, why);
	return done;
}

bool refile_undo_is_cut(const RefileLog *log, const char *path, unsigned *next, bool *is_cut, Failure *why)
{
	char name[40];

	*is_cut = false;
	for (unsigned i = 1; i < *next; i++) {
		Excise excise = { .dir_fd = log->dir_fd, .name = name };

		snprintf(name, sizeof name, "cut-%u", i);
		if (!excise_read(&excise, why))
			return false;
		*is_cut |= strcmp(text_string(&excise.path), path) == 0;
		excise_clear(&excise);
	}
	next_name(log->dir_fd, "cut", next, name);
	return true;
}
