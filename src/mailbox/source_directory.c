/* source_directory - a Maildir with its folders in either layout, and directories of mailboxes
 *
 *	Maildir/new, cur                 the inbox, or the folder whose directory it is
 *	Maildir/.Lists.Cats/new, cur     Maildir++
 *	Maildir/Lists/Cats/new, cur      LAYOUT=fs
 *	mail/lists, mail/2025/old.mbox   directories of mboxes, messages, archives and Maildirs */
#include "mailbox/source_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "mailbox/limits.h"

enum {
	BATCH = 20000 /* names that are held at a time: a folder may have millions */
};

static void join(Text *path, const char *directory, const char *entry)
{
	size_t length = strlen(directory);

	text_printf(path, "%s%s%s", directory, length && directory[length - 1] == '/' ? "" : "/", entry);
}

static bool is_message(const char *name)
{
	return name[0] != '.';
}

static bool is_entry(const char *name)
{
	return strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static void forget_behind(Names *names, size_t count)
{
	while (names->count > count)
		free(names->items[--names->count]);
}

/* The first BATCH of the names, in their order, that come behind `last` (NULL: from the beginning). */
static bool next_names(DIR *listing, bool (*wanted)(const char *name), const char *last, Names *names)
{
	const struct dirent *entry;
	const char *limit = NULL;

	rewinddir(listing);
	for (errno = 0; (entry = readdir(listing)); errno = 0) {
		const char *name = entry->d_name;

		if (!wanted(name) || (last && strcmp(name, last) <= 0) || (limit && strcmp(name, limit) > 0))
			continue;
		names_add(names, name);
		if (names->count < 2 * BATCH)
			continue;
		names_sort(names);
		forget_behind(names, BATCH);
		limit = names->items[BATCH - 1];
	}
	if (errno)
		return false;
	names_sort(names);
	forget_behind(names, BATCH);
	return true;
}

/* Whether to go on behind a part of a directory that was `read`, or was not. */
static bool goes_on(SourceWalk *walk, bool read, Failure *why)
{
	if (read || walk->stopped || !walk->options->unreadable)
		return read;
	walk->options->unreadable(walk->self, why);
	*why = (Failure){ 0 };
	return true;
}

typedef bool (*EntryVisit)(SourceWalk *walk, DIR *listing, const char *entry, const SourcePlace *place,
			   Failure *why);

/* Every wanted entry of the directory place->name, in the order of the names, whatever their number. */
static bool each_entry(SourceWalk *walk, bool (*wanted)(const char *name), const SourcePlace *place,
		       EntryVisit visit, Failure *why)
{
	AUTO_VALUE(Text) last = { 0 };
	DIR *listing = opendir(place->name);
	bool good = listing != NULL;

	for (bool more = good; good && more;) {
		AUTO_VALUE(Names) names = { 0 };

		good = next_names(listing, wanted, last.length ? text_string(&last) : NULL, &names);
		if (!good)
			break;
		for (size_t i = 0; i < names.count; i++)
			if (!goes_on(walk, visit(walk, listing, names.items[i], place, why), why)) {
				closedir(listing);
				return false;
			}
		more = names.count == BATCH;
		text_reset(&last);
		if (more)
			text_append_string(&last, names.items[names.count - 1]);
	}
	if (!good)
		failure_errno(why, "list '%s'", place->name);
	if (listing)
		closedir(listing);
	return good;
}

/* --- a Maildir --- */

/* False when that could not be seen: nothing is passed over. */
static bool look_for_directory(const char *path, const char *part, bool *there, Failure *why)
{
	AUTO_VALUE(Text) whole = { 0 };
	struct stat it;

	join(&whole, path, part);
	*there = stat(text_string(&whole), &it) == 0;
	if (!*there && errno != ENOENT && errno != ENOTDIR)
		return failure_errno(why, "look at '%s'", text_string(&whole));
	*there = *there && S_ISDIR(it.st_mode);
	return true;
}

static bool look_for_maildir(const char *path, bool *is_maildir, Failure *why)
{
	return look_for_directory(path, "cur", is_maildir, why) &&
	       (*is_maildir || look_for_directory(path, "new", is_maildir, why));
}

/* One that is gone was moved by a reader meanwhile: it was there, and will be met again elsewhere or not at
 * all. */
static bool visit_message(SourceWalk *walk, DIR *listing, const char *entry, const SourcePlace *directory,
			  Failure *why)
{
	AUTO_VALUE(Text) name = { 0 };
	SourcePlace place = *directory;

	if (faccessat(dirfd(listing), entry, F_OK, 0) < 0 && errno == ENOENT)
		return true;
	join(&name, directory->name, entry);
	place.name = text_string(&name);
	place.of_maildir = true;
	return walk_file(walk, dirfd(listing), entry, &place, why);
}

static bool visit_part(SourceWalk *walk, const SourcePlace *maildir, const char *part, Failure *why)
{
	AUTO_VALUE(Text) path = { 0 };
	SourcePlace place = *maildir;
	bool there;

	if (!look_for_directory(maildir->name, part, &there, why))
		return false;
	if (!there)
		return true;
	join(&path, maildir->name, part);
	place.name = text_string(&path);
	return each_entry(walk, is_message, &place, visit_message, why);
}

static bool visit_maildir(SourceWalk *walk, const char *path, const char *folder, Failure *why)
{
	auto_fd int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const SourcePlace place = { .name = path, .folder = folder, .folder_fd = fd };

	if (fd < 0)
		return failure_errno(why, "read '%s'", path);
	return goes_on(walk, visit_part(walk, &place, "new", why), why) &&
	       goes_on(walk, visit_part(walk, &place, "cur", why), why);
}

/* --- folders --- */

/* A directory while its entries are visited. */
typedef struct Level {
	SourcePlace place; /* `folder` is what its folders' names begin with; NULL at the top */
	bool of_maildir;
	unsigned depth;
} Level;

static bool visit_level(SourceWalk *walk, const char *path, const char *folder, unsigned depth, Failure *why);

static bool is_part(const char *name)
{
	return strcmp(name, "cur") == 0 || strcmp(name, "new") == 0 || strcmp(name, "tmp") == 0;
}

static bool visit_directory(SourceWalk *walk, const Level *level, const char *entry, const char *path,
			    Failure *why)
{
	AUTO_VALUE(Text) folder = { 0 };
	bool is_maildir = level->of_maildir;

	if (level->of_maildir && is_part(entry))
		return true;
	if (entry[0] == '.') { /* Maildir++, or a program's own */
		if (is_maildir && !look_for_maildir(path, &is_maildir, why))
			return false;
		if (!is_maildir)
			return true;
		walk_folder_name(slice_of(entry + 1), '.', &folder);
		return visit_maildir(walk, path, text_string(&folder), why);
	}
	if (level->depth >= LIMIT_FOLDER_DEPTH)
		return true;
	if (level->place.folder)
		text_printf(&folder, "%s/", level->place.folder);
	walk_folder_name(slice_of(entry), '/', &folder);
	return visit_level(walk, path, text_string(&folder), level->depth + 1, why);
}

static bool visit_entry(SourceWalk *walk, DIR *listing, const char *entry, const SourcePlace *directory,
			Failure *why)
{
	const Level *level = (const Level *)directory; /* which it begins */
	AUTO_VALUE(Text) path = { 0 };
	AUTO_VALUE(Text) folder = { 0 };
	SourcePlace place = { .folder_fd = -1, .is_found = true };
	struct stat it;

	/* A link is somebody's second name for what is met elsewhere, or a circle. */
	if (fstatat(dirfd(listing), entry, &it, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT || failure_errno(why, "look at '%s/%s'", directory->name, entry);
	join(&path, directory->name, entry);
	if (S_ISDIR(it.st_mode))
		return visit_directory(walk, level, entry, text_string(&path), why);
	if (!S_ISREG(it.st_mode) || level->of_maildir || entry[0] == '.')
		return true;
	if (directory->folder)
		text_printf(&folder, "%s/", directory->folder);
	walk_folder_name(slice_of(entry), '/', &folder);
	place.name = text_string(&path);
	place.folder = text_string(&folder);
	return walk_file(walk, dirfd(listing), entry, &place, why);
}

static bool visit_level(SourceWalk *walk, const char *path, const char *folder, unsigned depth, Failure *why)
{
	Level level = { .place = { .name = path, .folder = folder, .folder_fd = -1 }, .depth = depth };

	if (!look_for_maildir(path, &level.of_maildir, why))
		return false;
	if (level.of_maildir && !visit_maildir(walk, path, folder ? folder : "INBOX", why))
		return false;
	return each_entry(walk, is_entry, &level.place, visit_entry, why);
}

bool walk_directory(SourceWalk *walk, const char *path, Failure *why)
{
	bool is_maildir;

	if (!visit_level(walk, path, NULL, 0, why) || !look_for_maildir(path, &is_maildir, why))
		return false;
	return walk->visited || is_maildir ||
	       failure_retry(why, "no mail was found in the directory '%s'", path);
}
