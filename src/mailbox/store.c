#include "mailbox/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "mailbox/beneath.h"
#include "mailbox/folder_name.h"
#include "mailbox/store_internal.h"
#include "mailbox/subscriptions.h"
#include "system/privileges.h"

enum {
	SUBSCRIBE_PATIENCE_S = 5,
};

/* "/var/mail" of "/var/mail/alice"; NULL when there is none. */
static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash != path ? memory_copy_bytes(path, (size_t)(slash - path)) : NULL;
}

gid_t store_spool_group(const StoreSettings *settings)
{
	AUTO_VALUE(Location) location = { 0 };
	Failure ignored = { 0 };
	struct stat status;

	/* A set-gid bit of the directory marks a spool whose boxes share its group: Debian's /var/mail. */
	if (!location_parse(&location, settings, &ignored) || location.layout != STORE_MBOX)
		return NO_GROUP;
	auto_free char *directory = directory_of(location.inbox);
	if (!directory || stat(directory, &status) < 0 || !(status.st_mode & S_IWGRP) || status.st_uid != 0 ||
	    (status.st_mode & S_IWOTH))
		return NO_GROUP;
	return status.st_gid;
}

static char *copy_or_null(const char *string)
{
	return string ? memory_copy_string(string) : NULL;
}

Store *store_open(const StoreSettings *settings, Failure *why)
{
	Store *store;
	Location location;

	if (!location_parse(&location, settings, why))
		return NULL;
	store = memory_zeroed(1, sizeof *store);
	store->settings = *settings;
	store->settings.location = copy_or_null(settings->location);
	store->settings.user = copy_or_null(settings->user);
	store->settings.home = copy_or_null(settings->home);
	store->settings.hostname = copy_or_null(settings->hostname);
	store->location = location;
	store->root_fd = -1;
	store->link = linkat;
	return store;
}

static void free_string(const char *string)
{
	free((void *)(size_t)string);
}

void store_close(Store *store)
{
	if (!store)
		return;
	cleanup_fd(&store->root_fd);
	location_clear(&store->location);
	free_string(store->settings.location);
	free_string(store->settings.user);
	free_string(store->settings.home);
	free_string(store->settings.hostname);
	free(store);
}

bool store_check_writers(const Store *store, const struct stat *status, gid_t group, const char *path,
			 Failure *why)
{
	if (status->st_mode & S_IWOTH)
		return failure_retry(why, "everybody can write to '%s': chmod o-w it", path);
	if ((status->st_mode & S_IWGRP) && status->st_gid != store->settings.gid &&
	    (group == NO_GROUP || status->st_gid != group))
		return failure_retry(why, "the group %ld can write to '%s': chmod g-w it",
				     (long)status->st_gid, path);
	return true;
}

bool store_error_means_missing(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ELOOP || error == EXDEV ||
	       error == ENAMETOOLONG;
}

static bool check_root(Store *store, Failure *why)
{
	const char *path = store->location.root;
	struct stat status;

	if (fstat(store->root_fd, &status) < 0)
		return failure_errno(why, "look at '%s'", path);
	if (status.st_uid != store->settings.uid)
		return failure_retry(why,
				     "the mail directory '%s' belongs to uid %ld, not to uid %ld: chown it",
				     path, (long)status.st_uid, (long)store->settings.uid);
	store->device = status.st_dev;
	return store_check_writers(store, &status, NO_GROUP, path, why);
}

bool store_open_root(Store *store, bool create, bool *missing, Failure *why)
{
	*missing = false;
	if (store->root_fd >= 0)
		return true;
	store->root_fd = directory_open(store->location.root, why);
	if (store->root_fd < 0 && why->error == ENOENT) {
		*missing = !create;
		if (create)
			store->root_fd = directory_make(store->location.root, store->settings.home, why);
	}
	if (store->root_fd < 0)
		return false;
	if (check_root(store, why))
		return true;
	cleanup_fd(&store->root_fd);
	store->root_fd = -1;
	return false;
}

bool store_folder_valid(const Store *store, const char *folder, Failure *why)
{
	AUTO_VALUE(Text) relative = { 0 };

	return folder_name_is_inbox(folder) ||
	       folder_name_on_disk(store->location.layout, folder, &relative, why);
}

/* A Maildir is a directory with cur/ in it, an mbox a regular file. */
static bool look(Store *store, const char *relative, bool *exists)
{
	struct stat status;
	bool mbox = store->location.layout == STORE_MBOX;

	if (mbox) {
		*exists = fstatat(store->root_fd, relative, &status, 0) == 0 && S_ISREG(status.st_mode);
	} else {
		auto_fd int fd = beneath_open_directory(store->root_fd, relative);

		*exists = fd >= 0 && fstatat(fd, "cur", &status, AT_SYMLINK_NOFOLLOW) == 0 &&
			  S_ISDIR(status.st_mode);
	}
	return *exists || store_error_means_missing(errno) || errno == 0;
}

/* The name on disk: of the folder as it is called, or, where rules write the namespace that clients
 * show, of what stands below "INBOX". */
static bool name_on_disk(const Store *store, const char *folder, Text *relative, Failure *why)
{
	const char *below = folder_name_below_inbox(store->location.layout, folder);

	return folder_name_on_disk(store->location.layout, below ? below : folder, relative, why);
}

bool store_find(Store *store, const char *folder, FolderPlace *place, Failure *why)
{
	bool missing;

	*place = (FolderPlace){ 0 };
	if (folder_name_is_inbox(folder)) {
		place->inbox = place->exists = true;
		return true;
	}
	if (!name_on_disk(store, folder, &place->relative, why)) {
		text_clear(&place->relative); /* not allowed: does not exist */
		return true;
	}
	if (!store_open_root(store, false, &missing, why))
		return missing;
	errno = 0;
	if (!look(store, text_string(&place->relative), &place->exists))
		return failure_errno(why, "look for the folder '%s'", folder);
	if (!place->exists)
		failure_retry(why, "the folder '%s' does not exist", folder);
	return true;
}

char *store_path(const Store *store, const FolderPlace *place)
{
	AUTO_VALUE(Text) path = { 0 };

	if (place->inbox)
		text_append_string(&path, store->location.inbox);
	else
		text_printf(&path, "%s/%s", store->location.root, text_string(&place->relative));
	return text_take(&path);
}

bool store_folder_exists(Store *store, const char *folder, bool *exists, Failure *why)
{
	FolderPlace place;
	Failure reason = { 0 };
	bool looked = store_find(store, folder, &place, &reason);

	*exists = looked && place.exists;
	text_clear(&place.relative);
	if (!looked)
		*why = reason;
	return looked;
}

void store_subscribe(Store *store, const char *relative)
{
	Failure ignored = { 0 };

	if (store->settings.subscribe_created)
		(void)subscriptions_add(store->root_fd, store->location.layout, relative,
					SUBSCRIBE_PATIENCE_S, &ignored);
}

/* Unnamed, or named for a moment: a kill in between leaves an empty file. */
static int open_spool(int dir_fd, const char *directory)
{
	char name[80];
	int fd = openat(dir_fd, directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd;
	snprintf(name, sizeof name, "%s/spool.%ld", directory, (long)getpid());
	fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0)
		unlinkat(dir_fd, name, 0);
	return fd;
}

int store_spool(Store *store, Failure *why)
{
	const Location *location = &store->location;
	bool is_mbox = location->layout == STORE_MBOX;
	auto_fd int dir_fd = open(is_mbox ? store->settings.home : location->inbox,
				  O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = dir_fd >= 0 ? open_spool(dir_fd, is_mbox ? "." : "tmp") : -1;

	/* No Maildir yet, or a home that is not ours to write: any place will do, at the price of a copy. */
	if (fd < 0)
		fd = open_spool(AT_FDCWD, "/var/tmp");
	if (fd < 0)
		failure_errno(why, "make a spool file for a large message");
	return fd;
}
