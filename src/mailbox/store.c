/* store - a user's mail: where it is, what folders it has */
#include "mailbox/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "mailbox/beneath.h"
#include "mailbox/boot.h"
#include "mailbox/folder_name.h"
#include "mailbox/store_internal.h"
#include "mailbox/subscriptions.h"
#include "system/privileges.h"

enum {
	SUBSCRIBE_PATIENCE_S = 2, /* it is a courtesy */
	CANDIDATES = 3,
};

/* Does everything on the way to the absolute `path`, which is changed and mended, belong to root? */
static bool is_all_roots(char *path)
{
	struct stat status;

	for (char *slash = path; slash;) {
		bool good;

		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		good = lstat(path, &status) == 0 && status.st_uid == 0;
		if (slash)
			*slash = '/';
		if (!good)
			return false;
	}
	return true;
}

/* Where the user says what is a directory, a link of his could lead to that of any group. */
static bool only_root_says_where(char *path)
{
	auto_free char *resolved = NULL;

	if (!is_all_roots(path))
		return false;
	resolved = realpath(path, NULL);
	return resolved && is_all_roots(resolved);
}

gid_t store_spool_group(const StoreSettings *settings)
{
	AUTO_VALUE(Location) location = { 0 };
	AUTO_VALUE(Text) dir = { 0 };
	struct stat status;
	Failure ignored;

	if (!location_parse(&location, settings, &ignored) || location.layout != STORE_MBOX)
		return NO_GROUP;
	text_append(&dir, location.inbox, (size_t)(strrchr(location.inbox, '/') - location.inbox));
	if (dir.length == 0 || stat(text_string(&dir), &status) < 0)
		return NO_GROUP;
	/* Root's own directory, where the group may write and nobody else. */
	if (!(status.st_mode & S_IWGRP) || (status.st_mode & S_IWOTH) || status.st_uid != 0 ||
	    status.st_gid == 0 || !only_root_says_where(dir.data))
		return NO_GROUP;
	return status.st_gid;
}

Store *store_open(const StoreSettings *settings, Failure *why)
{
	Store *store = memory_zeroed(1, sizeof *store);

	store->settings = *settings;
	store->settings.location = memory_copy_string(settings->location ? settings->location : "auto");
	store->settings.user = memory_copy_string(settings->user);
	store->settings.home = memory_copy_string(settings->home);
	store->settings.hostname = memory_copy_string(settings->hostname);
	store->settings.special_use = memory_copy_string(settings->special_use ? settings->special_use : "");
	store->settings.machine = memory_copy_string(settings->machine ? settings->machine
								       : settings->hostname);
	store->root_fd = -1;
	store->link = linkat;
	if (location_parse(&store->location, &store->settings, why) &&
	    store_check_special_use(store->settings.special_use, why))
		return store;
	store_close(store);
	return NULL;
}

void store_close(Store *store)
{
	if (!store)
		return;
	cleanup_fd(&store->root_fd);
	location_clear(&store->location);
	free((char *)(size_t)store->settings.location);
	free((char *)(size_t)store->settings.user);
	free((char *)(size_t)store->settings.home);
	free((char *)(size_t)store->settings.hostname);
	free((char *)(size_t)store->settings.special_use);
	free((char *)(size_t)store->settings.machine);
	free(store);
}

bool store_directories(const Store *store, const char **root, Text *inbox)
{
	const char *path = store->location.inbox;
	bool is_file = store->location.layout == STORE_MBOX;

	*root = store->location.root;
	text_append(inbox, path, is_file ? (size_t)(strrchr(path, '/') - path) : strlen(path));
	return is_file;
}

bool store_has_mboxes(const Store *store)
{
	return store->location.layout == STORE_MBOX;
}

bool store_check_writers(const Store *store, const struct stat *status, gid_t group, const char *path,
			 Failure *why)
{
	bool by_group = (status->st_mode & S_IWGRP) && status->st_gid != store->settings.gid &&
			status->st_gid != group;

	if (!by_group && !(status->st_mode & S_IWOTH))
		return true;
	return failure_retry(why, "others can write '%s': chmod %s mends it", path,
			     by_group ? "go-w" : "o-w");
}

/* A directory that holds mail must be the recipient's, and his alone to change. */
static bool check_directory(const Store *store, int fd, const char *path, Failure *why)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return failure_errno(why, "look at '%s'", path);
	if (status.st_uid != store->settings.uid)
		return failure_retry(
			why,
			"the mail directory '%s' belongs to uid %ld, not to %ld: 'chown %ld %s' mends it "
			"if it is to be his alone, else name one of his own (%%u) in mail_location",
			path, (long)status.st_uid, (long)store->settings.uid, (long)store->settings.uid,
			path);
	return store_check_writers(store, &status, NO_GROUP, path, why);
}

static int open_checked(const Store *store, const char *path, bool create, Failure *why)
{
	auto_fd int fd = directory_open(path, why);

	if (fd < 0 && errno == ENOENT && create)
		fd = directory_make(path, store->settings.home, why);
	if (fd < 0 || !check_directory(store, fd, path, why))
		return -1;
	return TAKE_FD(fd);
}

bool store_open_root(Store *store, bool create, bool *missing, Failure *why)
{
	*missing = false;
	if (store->root_fd >= 0)
		return true;
	errno = 0;
	store->root_fd = open_checked(store, store->location.root, create, why);
	*missing = store->root_fd < 0 && why->error == ENOENT;
	return store->root_fd >= 0;
}

int store_open_inbox(Store *store, Failure *why)
{
	bool missing;

	if (strcmp(store->location.inbox, store->location.root) != 0)
		return open_checked(store, store->location.inbox, true, why);
	if (!store_open_root(store, true, &missing, why))
		return -1;
	return store->root_fd;
}

void store_close_directory(const Store *store, int fd)
{
	if (fd != store->root_fd)
		cleanup_fd(&fd);
}

bool store_folder_valid(const Store *store, const char *folder, Failure *why)
{
	AUTO_VALUE(Text) relative = { 0 };

	return folder_name_is_inbox(folder) ||
	       folder_name_on_disk(store->location.layout, folder, &relative, why);
}

bool store_error_means_missing(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case EISDIR:
	case ELOOP:
	case EXDEV:
	case ENAMETOOLONG:
		return true;
	default:
		return false;
	}
}

/* Looks at what is called `path` below the root: it is nearly always one name, and no link. */
static bool look_beneath(int root_fd, const char *path, struct stat *status)
{
	const char *slash = strrchr(path, '/');
	auto_free char *parent = memory_copy_bytes(path, slash ? (size_t)(slash - path) : 0);
	auto_fd int fd = slash ? beneath_open_directory(root_fd, parent) : -1;

	return (!slash || fd >= 0) &&
	       fstatat(slash ? fd : root_fd, slash ? slash + 1 : path, status, AT_SYMLINK_NOFOLLOW) == 0;
}

/* What a link leads to is a folder where it would be opened: below the root, and no mbox. */
static bool link_is_folder(int root_fd, const char *path, StoreLayout layout)
{
	auto_fd int fd = layout == STORE_MBOX ? -1 : beneath_open_directory(root_fd, path);

	return fd >= 0;
}

/* Is there such a folder?  -1 for an accident. */
static int look(Store *store, StoreLayout layout, const char *relative, Failure *why)
{
	AUTO_VALUE(Text) path = { 0 };
	struct stat status;

	text_append_string(&path, relative);
	if (layout == STORE_MAILDIR_FS)
		text_append_string(&path, "/cur"); /* else only something above a folder */
	if (look_beneath(store->root_fd, text_string(&path), &status)) {
		if (S_ISLNK(status.st_mode))
			return link_is_folder(store->root_fd, text_string(&path), layout);
		return layout == STORE_MBOX ? S_ISREG(status.st_mode) : S_ISDIR(status.st_mode);
	}
	if (store_error_means_missing(errno))
		return 0;
	failure_errno(why, "look for the folder '%s/%s'", store->location.root, relative);
	return -1;
}

/* A name on disk that a folder may have. */
typedef struct Candidate {
	StoreLayout layout;
	const char *name;
} Candidate;

/* In the order of the search.  What a namespace's prefix calls INBOX.Lists is the folder Lists, unless there
 * is one of just that name; a Maildir that was not said to have one layout may have the other. */
static size_t list_candidates(const Store *store, const char *folder, Candidate *list)
{
	StoreLayout layout = store->location.layout;
	const char *below = folder_name_below_inbox(layout, folder);
	size_t count = 0;

	list[count++] = (Candidate){ layout, folder };
	if (below)
		list[count++] = (Candidate){ layout, below };
	if (layout == STORE_MAILDIR)
		list[count++] = (Candidate){ STORE_MAILDIR_FS, folder };
	return count;
}

/* The first candidate that exists; `place->relative` is else where it would be made. */
static bool search(Store *store, const char *folder, FolderPlace *place, Failure *why)
{
	Candidate list[CANDIDATES];
	size_t count = list_candidates(store, folder, list);
	const char *make = folder_name_below_inbox(store->location.layout, folder);
	Failure ignored;

	for (size_t i = 0; i < count && store->root_fd >= 0 && !place->exists; i++) {
		int found;

		text_reset(&place->relative);
		if (!folder_name_on_disk(list[i].layout, list[i].name, &place->relative, &ignored))
			continue;
		found = look(store, list[i].layout, text_string(&place->relative), why);
		if (found < 0)
			return false;
		place->exists = found > 0;
	}
	if (place->exists)
		return true;
	text_reset(&place->relative);
	if (folder_name_on_disk(store->location.layout, make ? make : folder, &place->relative, why))
		failure_retry(why, "there is no folder '%s'", text_string(&place->relative));
	return true;
}

bool store_find(Store *store, const char *folder, FolderPlace *place, Failure *why)
{
	bool missing;

	*place = (FolderPlace){ .inbox = folder_name_is_inbox(folder) };
	if (place->inbox) {
		place->exists = true;
		return true;
	}
	if (!store_folder_valid(store, folder, why))
		return true;
	if (!store_open_root(store, false, &missing, why) && !missing)
		return false;
	return search(store, folder, place, why);
}

/* May its owner write into what there is?  A Maildir's directories that are missing will be made. */
static bool takes_mail(const Store *store, const char *relative)
{
	static const char *const of_maildir[] = { "/tmp", "/new" };

	if (store->location.layout == STORE_MBOX)
		return faccessat(store->root_fd, relative, W_OK, AT_EACCESS) == 0;
	for (size_t i = 0; i < sizeof of_maildir / sizeof *of_maildir; i++) {
		AUTO_VALUE(Text) path = { 0 };

		text_printf(&path, "%s%s", relative, of_maildir[i]);
		if (faccessat(store->root_fd, text_string(&path), W_OK | X_OK, AT_EACCESS) < 0 &&
		    errno != ENOENT)
			return false;
	}
	return true;
}

bool store_folder_exists(Store *store, const char *folder, bool *exists, Failure *why)
{
	FolderPlace place;
	bool asked = store_find(store, folder, &place, why);

	*exists = asked && place.exists && (place.inbox || takes_mail(store, text_string(&place.relative)));
	text_clear(&place.relative);
	return asked;
}

char *store_path(const Store *store, const FolderPlace *place)
{
	AUTO_VALUE(Text) path = { 0 };

	text_append_string(&path, place->inbox ? store->location.inbox : store->location.root);
	if (!place->inbox)
		text_printf(&path, "/%s", text_string(&place->relative));
	return text_take(&path);
}

bool store_folder_place(Store *store, const char *folder, Text *path, Failure *why)
{
	FolderPlace place;
	bool looked = store_find(store, folder, &place, why);

	if (looked && (place.inbox || place.relative.length)) {
		auto_free char *where = store_path(store, &place);

		text_append_string(path, where);
	}
	if (looked)
		*why = (Failure){ 0 };
	text_clear(&place.relative);
	return looked;
}

bool store_folder_path(Store *store, const char *folder, Text *path, Failure *why)
{
	FolderPlace place;
	bool found = store_find(store, folder, &place, why) && place.exists;

	if (found) {
		auto_free char *where = store_path(store, &place);

		text_append_string(path, where);
	}
	text_clear(&place.relative);
	return found;
}

void store_subscribe(Store *store, const char *relative)
{
	Failure ignored;

	if (store->settings.subscribe_created)
		subscriptions_add(store->root_fd, store->location.layout, relative, SUBSCRIBE_PATIENCE_S,
				  &ignored);
}

/* Unnamed; or, where there is no such thing, named for a moment: a kill in between leaves an empty file. */
static int open_spool(int dir_fd, const char *directory)
{
	char name[96];
	int fd = openat(dir_fd, directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	snprintf(name, sizeof name, "%s/spool.%x.%llx", directory, (unsigned)getpid(),
		 (unsigned long long)boot_clock_ns());
	fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0)
		unlinkat(dir_fd, name, 0);
	return fd;
}

int store_spool(Store *store, Failure *why)
{
	bool is_mbox = store->location.layout == STORE_MBOX;
	auto_fd int dir_fd = open(is_mbox ? store->location.root : store->location.inbox,
				  O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = dir_fd >= 0 ? open_spool(dir_fd, is_mbox ? "." : "tmp") : -1;

	if (fd < 0)
		fd = open_spool(AT_FDCWD, store->settings.home);
	/* A home that is not ours to write: any place will do, at the price of a copy. */
	if (fd < 0)
		fd = open_spool(AT_FDCWD, "/var/tmp");
	if (fd < 0)
		failure_errno(why, "make a file for a large message");
	return fd;
}
