/* folder_list - all folders of a store: reading directories, each layout its own way */
#include "mailbox/folder_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "mailbox/beneath.h"
#include "mailbox/folder_name.h"
#include "mailbox/limits.h"
#include "mailbox/mutf7.h"
#include "mailbox/store_internal.h"

typedef struct Reading {
	Store *store;
	FolderList *list;
	size_t seen; /* entries of directories, folders or not */
} Reading;

void folder_list_clear(FolderList *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->names[i]);
	free(list->names);
	*list = (FolderList){ 0 };
}

static void add(FolderList *list, char *name)
{
	if (list->count == list->capacity) {
		char **names;

		list->capacity = list->capacity ? list->capacity * 2 : 16;
		names = memory_new(list->capacity * sizeof *names);
		if (list->count)
			memcpy(names, list->names, list->count * sizeof *names);
		free(list->names);
		list->names = names;
	}
	list->names[list->count++] = name;
}

/* ".Lists.Work" or "Lists/Work" as users see it; a name that is none of ours is left out. */
static void add_on_disk(Reading *reading, const char *relative)
{
	AUTO_VALUE(Text) name = { 0 };
	AUTO_VALUE(Text) again = { 0 };
	StoreLayout layout = reading->store->location.layout;
	Failure ignored;

	if (!mutf7_decode(slice_of(relative + (layout == STORE_MAILDIR)), &name))
		return;
	for (size_t i = 0; i < name.length && layout == STORE_MAILDIR; i++)
		if (name.data[i] == '.')
			name.data[i] = '/';
	if (folder_name_on_disk(layout, text_string(&name), &again, &ignored) &&
	    strcmp(text_string(&again), relative) == 0)
		add(reading->list, text_take(&name));
}

/* One that is not there, or may not be asked about, has the type 0.  False: it could not be asked just now.
 */
static bool type_of(int dir, const char *name, mode_t *type, Failure *why)
{
	struct stat status;

	*type = 0;
	if (fstatat(dir, name, &status, 0) == 0)
		*type = status.st_mode & S_IFMT;
	else if (errno != EACCES && !store_error_means_missing(errno))
		return failure_errno(why, "look at '%s'", name);
	return true;
}

static bool read_directory(Reading *reading, const char *relative, unsigned depth, Failure *why);

/* What an entry of the directory `relative` is for the layout: a folder, more directories, nothing. */
static bool take_entry(Reading *reading, int dir, const char *relative, const char *name, unsigned depth,
		       Failure *why)
{
	StoreLayout layout = reading->store->location.layout;
	AUTO_VALUE(Text) path = { 0 };
	AUTO_VALUE(Text) cur = { 0 };
	mode_t type, cur_type = 0;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    (name[0] == '.') != (layout == STORE_MAILDIR))
		return true;
	if (!type_of(dir, name, &type, why))
		return false;
	if (layout == STORE_MAILDIR) {
		if (type == S_IFDIR)
			add_on_disk(reading, name);
		return true;
	}
	text_printf(&path, "%s%s%s", relative, *relative ? "/" : "", name);
	text_printf(&cur, "%s/cur", name);
	if (layout == STORE_MAILDIR_FS && type == S_IFDIR && !type_of(dir, text_string(&cur), &cur_type, why))
		return false;
	if (layout == STORE_MBOX ? type == S_IFREG : cur_type == S_IFDIR)
		add_on_disk(reading, text_string(&path));
	if (type != S_IFDIR || depth >= LIMIT_FOLDER_DEPTH ||
	    (layout == STORE_MAILDIR_FS &&
	     (strcmp(name, "cur") == 0 || strcmp(name, "new") == 0 || strcmp(name, "tmp") == 0)))
		return true;
	return read_directory(reading, text_string(&path), depth + 1, why);
}

static bool read_directory(Reading *reading, const char *relative, unsigned depth, Failure *why)
{
	int path_fd = beneath_open_directory(reading->store->root_fd, *relative ? relative : ".");
	int fd = path_fd < 0 ? -1 : openat(path_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry = NULL;
	/* One that may not be read holds nothing that could be filed into. */
	bool good = directory != NULL || errno == EACCES || store_error_means_missing(errno) ||
		    failure_errno(why, "read the directory '%s/%s'", reading->store->location.root, relative);

	if (path_fd >= 0)
		close(path_fd);
	if (!directory) {
		if (fd >= 0)
			close(fd);
		return good;
	}
	for (errno = 0; good && reading->seen < LIMIT_FOLDERS && (entry = readdir(directory)) != NULL;
	     errno = 0) {
		reading->seen++;
		good = take_entry(reading, fd, relative, entry->d_name, depth, why);
	}
	if (good && !entry && errno)
		good = failure_errno(why, "read the directory '%s/%s'", reading->store->location.root,
				     relative);
	closedir(directory);
	return good;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool folder_list_read(FolderList *list, Store *store, Failure *why)
{
	Reading reading = { .store = store, .list = list };
	bool missing;

	if (!store_open_root(store, false, &missing, why))
		return missing;
	if (!read_directory(&reading, "", 0, why))
		return false;
	if (list->count)
		qsort(list->names, list->count, sizeof *list->names, compare);
	return true;
}
