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

/* Removes it if it is there: a name of it in an open directory. */
static bool remove_if_there(int dir_fd, const char *name, bool *found)
{
	*found = unlinkat(dir_fd, name, 0) == 0;
	return *found || errno == ENOENT;
}

static bool remove_from(DIR *listing, const char *base, size_t length, bool *found)
{
	const struct dirent *entry;

	for (errno = 0; !*found && (entry = readdir(listing)); errno = 0)
		if (strncmp(entry->d_name, base, length) == 0 &&
		    (entry->d_name[length] == '\0' || entry->d_name[length] == ':') &&
		    !remove_if_there(dirfd(listing), entry->d_name, found))
			return false;
	return *found || errno == 0;
}

/* A reader may have moved it to cur/, or changed its flags. */
static bool remove_renamed(int maildir, const char *base, size_t length, bool *found)
{
	static const char *const parts[] = { "new", "cur" };
	bool done = true;

	for (size_t i = 0; i < 2 && done && !*found; i++) {
		int fd = openat(maildir, parts[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		DIR *listing = fd < 0 ? NULL : fdopendir(fd);

		done = listing ? remove_from(listing, base, length, found) : errno == ENOENT;
		if (listing)
			closedir(listing);
	}
	return done;
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
	bool found = false;

	if (maildir < 0 && errno != ENOENT)
		return failure_errno(why, "open '%s'", line->fields[0]);
	if (maildir >= 0 && !remove_if_there(maildir, line->fields[1], &found))
		return failure_errno(why, "remove '%s/%s'", line->fields[0], line->fields[1]);
	if (maildir >= 0 && !found && base &&
	    !remove_renamed(maildir, base + 1, strcspn(base + 1, ":"), &found))
		return failure_errno(why, "look for '%s' in '%s'", base + 1, line->fields[0]);
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

/* Removed, alone or with its directory: what was in it is gone, and it is not made anew. */
static bool is_removed(const char *path)
{
	struct stat there;

	return stat(path, &there) < 0 && (errno == ENOENT || errno == ENOTDIR);
}

/* A record of the mbox (`fd`, or -1 when there is none) that is still where it was. */
static bool find_record(RefileUndo *undo, const LogLine *line, char end, int fd, MboxRegions *regions,
			Failure *why)
{
	FiledPlace place = { .path = line->fields[0] };
	bool holds = false;

	place.offset = strtoll(line->fields[1], NULL, 10);
	place.length = strtoll(line->fields[2], NULL, 10);
	place.digested = strtoull(line->fields[3], NULL, 10);
	snprintf(place.digest, sizeof place.digest, "%s", line->fields[4]);
	if (fd >= 0 && !filed_place_look(&place, fd, &holds, why))
		return false;
	if (holds)
		mbox_regions_add(regions, place.offset, place.length);
	undo->removed += holds;
	undo->gone += !holds && is_missed(undo, end);
	return true;
}

static bool find_records(RefileUndo *undo, off_t from, const char *path, int fd, MboxRegions *regions,
			 Failure *why)
{
	AUTO_VALUE(Text) text = { 0 };
	LogReader reader;
	LogLine line;
	bool done = refile_log_read(undo->log, from, &reader, why);

	while (done && refile_log_next(&reader, why))
		for (size_t i = 0; done && i < reader.count && reader.end != 'R'; i++) {
			if (refile_log_kind(&reader, i) != 'a')
				continue;
			refile_log_line(&reader, i, &line, &text);
			if (strcmp(line.fields[0], path) == 0)
				done = find_record(undo, &line, reader.end, fd, regions, why);
		}
	if (regions->count > 0)
		qsort(regions->items, regions->count, sizeof *regions->items, by_offset);
	return refile_log_read_end(&reader) && done;
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

static bool remove_records(RefileUndo *undo, off_t from, const char *path, Failure *why)
{
	Mbox mbox = { .fd = -1, .dir_fd = -1 };
	MboxRegions regions = { 0 };
	unsigned number = 1;
	char name[40];
	Excise excise = { .dir_fd = undo->log->dir_fd, .name = name };
	const bool is_there = !is_removed(path);
	bool done = (!is_there || refile_undo_lock(&mbox, undo->store, path, why)) &&
		    find_records(undo, from, path, mbox.fd, &regions, why);

	if (done && is_there) {
		next_name(undo->log->dir_fd, "undo", &number, name);
		done = excise_begin(&excise, &mbox, regions.items, regions.count, why);
	}
	free(regions.items);
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

/* From its last line to its first: what was taken is back before the copies of it go. */
static bool take_back_batch(RefileUndo *undo, const LogReader *batch, Names *mboxes, Failure *why)
{
	AUTO_VALUE(Text) text = { 0 };
	LogLine line;

	for (size_t i = batch->count; i-- > 0;) {
		refile_log_line(batch, i, &line, &text);
		if (line.kind == 's')
			undo->sent += strtoull(line.fields[0], NULL, 10);
		if (line.kind == 't' && !give_back(undo, &line, why))
			return false;
		if (line.kind == 'c' && !remove_copy(undo, &line, batch->end, why))
			return false;
		if (line.kind == 'a' && !is_known(mboxes, line.fields[0]))
			names_add(mboxes, line.fields[0]);
	}
	return true;
}

bool refile_undo_batches(RefileUndo *undo, off_t from, Failure *why)
{
	AUTO_VALUE(Names) mboxes = { 0 };
	LogReader reader;
	bool done = refile_log_read(undo->log, from, &reader, why);

	while (done && refile_log_next(&reader, why))
		done = reader.end == 'R' || take_back_batch(undo, &reader, &mboxes, why);
	done = refile_log_read_end(&reader) && done;
	for (size_t i = 0; i < mboxes.count && done; i++)
		done = remove_records(undo, from, mboxes.items[i], why);
	if (done)
		sync();
	return done;
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
	undo->restored += done && last == EXCISE_RESTORED && excise.step != EXCISE_NONE;
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
