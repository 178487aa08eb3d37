/* doctor_mail - where a user's mail goes, which locks work there, and what was left behind
 *
 * Locks are tried in a scratch file beside the mailbox, and a copy is prepared and taken back, by the code
 * that delivers: a file system, and a directory's rights, are not guessed at. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands/doctor.h"
#include "mailbox/location.h"
#include "mailbox/mbox.h"
#include "system/privileges.h"

enum {
	DEPTH_MAX = 16,
	ENTRIES_MAX = 200000,
	TMP_AGE_S = 36 * 3600 /* what readers of Maildirs wait before they take it away */
};

/* ---- where ---- */

static void try_copy(Doctor *doctor, Store *store)
{
	static const char text[] = "Subject: trommel doctor\n\nThis copy is never published.\n";
	FilingOptions options = { .received = doctor->now };
	AUTO(Filing) filing = NULL;
	Message message;
	MessageImage image;
	bool missing;
	Failure why = { 0 };

	message_from_bytes(&message, slice(text, sizeof text - 1));
	image = message_image(&message);
	filing = filing_prepare(store, &options, &image, &missing, &why);
	if (!filing) {
		doctor_say(doctor, DOCTOR_FINDING, "a copy cannot be stored: %s", why.text);
		return;
	}
	if (!filing_undo(filing, &why))
		doctor_say(doctor, DOCTOR_FINDING,
			   "a copy was stored for a try, and could not be taken back: %s", why.text);
	else
		doctor_say(doctor, DOCTOR_GOOD,
			   "a copy can be written and flushed there (tried, and taken back)");
}

static int open_parent(const char *path)
{
	char directory[PATH_MAX];
	const char *slash = strrchr(path, '/');

	snprintf(directory, sizeof directory, "%.*s", slash > path ? (int)(slash - path) : 1, path);
	return open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void try_mbox(Doctor *doctor, Store *store)
{
	Mbox mbox = { 0 };
	Failure why = { 0 };
	int parent = open_parent(doctor->inbox);

	if (parent < 0) {
		doctor_say(doctor, DOCTOR_FINDING, "its directory cannot be opened: %s", strerror(errno));
		return;
	}
	if (mbox_init(&mbox, store, parent, doctor->inbox, &why) && mbox_is_usable(&mbox, &why))
		doctor_say(doctor, DOCTOR_GOOD, "the mbox can be appended to");
	else
		doctor_say(doctor, DOCTOR_FINDING, "the mbox cannot be appended to: %s", why.text);
	mbox_clear(&mbox);
}

void doctor_place(Doctor *doctor)
{
	AUTO_VALUE(Location) location = { 0 };
	Failure ignored = { 0 };

	if (!location_parse(&location, &doctor->store_settings, &ignored))
		return;
	doctor->is_mbox = location.layout == STORE_MBOX;
	doctor->inbox = arena_copy_string(doctor->arena, location.inbox);
}

void doctor_mail(Doctor *doctor)
{
	AUTO_VALUE(Location) location = { 0 };
	AUTO(Store) store = NULL;
	Failure why = { 0 };
	struct stat status;

	doctor->area = "mail";
	if (!location_parse(&location, &doctor->store_settings, &why) ||
	    !(store = store_open(&doctor->store_settings, &why))) {
		doctor_say(doctor, DOCTOR_FINDING, "%s", why.text);
		return;
	}
	doctor_say(doctor, DOCTOR_NOTE, "the inbox is the %s %s, folders are below %s",
		   doctor->is_mbox ? "mbox" : "Maildir", location.inbox, location.root);
	if (stat(location.inbox, &status) < 0) {
		if (errno == ENOENT)
			doctor_say(doctor, DOCTOR_NOTE, "it is not there yet: the first delivery makes it");
		else
			doctor_say(doctor, DOCTOR_FINDING, "it cannot be looked at: %s", strerror(errno));
	}
	if (doctor->is_mbox)
		try_mbox(doctor, store);
	else if (stat(location.inbox, &status) == 0)
		try_copy(doctor, store);
}

/* ---- locks ---- */

/* Does a lock that we hold keep another process out? */
static bool keeps_out(int dir_fd, const char *name, bool (*lock)(int fd))
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		int fd = openat(dir_fd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);

		_exit(fd < 0 || lock(fd) ? 1 : 0);
	}
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

static bool lock_flock(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) == 0;
}

static void try_kernel_lock(Doctor *doctor, int dir_fd, int fd, const char *name, bool (*lock)(int fd),
			    const char *method, bool is_used)
{
	if (!lock(fd))
		doctor_say(doctor, is_used ? DOCTOR_FINDING : DOCTOR_NOTE, "%s does not work there: %s",
			   method, strerror(errno));
	else if (!keeps_out(dir_fd, name, lock))
		doctor_say(doctor, is_used ? DOCTOR_FINDING : DOCTOR_NOTE,
			   "%s is granted twice there: it protects nothing", method);
	else
		doctor_say(doctor, is_used ? DOCTOR_GOOD : DOCTOR_NOTE, "%s works there%s", method,
			   is_used ? "" : " (mbox_locks does not name it)");
}

static void try_dotlock(Doctor *doctor, int dir_fd, const char *name, gid_t group)
{
	const bool is_used = doctor->store_settings.lock_dotlock;
	Dotlock first, second;
	Failure why = { 0 };

	if (!dotlock_init(&first, dir_fd, name, doctor->machine, group, &why) ||
	    !dotlock_init(&second, dir_fd, name, doctor->machine, group, &why)) {
		doctor_say(doctor, DOCTOR_FINDING, "%s", why.text);
		return;
	}
	switch (dotlock_try(&first, &why)) {
	case DOTLOCK_TAKEN:
		if (dotlock_try(&second, &why) == DOTLOCK_BUSY)
			doctor_say(doctor, is_used ? DOCTOR_GOOD : DOCTOR_NOTE, "dotlock works there%s",
				   is_used ? "" : " (mbox_locks does not name it)");
		else
			doctor_say(doctor, DOCTOR_FINDING,
				   "dotlock is granted twice there: it protects nothing");
		break;
	case DOTLOCK_NOT_ALLOWED:
		doctor_say(doctor,
			   is_used && doctor->store_settings.dotlock_required ? DOCTOR_FINDING : DOCTOR_NOTE,
			   "no dotlock can be made there: %s", why.text);
		break;
	case DOTLOCK_BUSY:
	case DOTLOCK_FAILED:
		doctor_say(doctor, is_used ? DOCTOR_FINDING : DOCTOR_NOTE, "dotlock does not work there: %s",
			   why.text);
		break;
	}
	dotlock_release(&second);
	dotlock_release(&first);
}

static int make_scratch(int dir_fd, const char *name, gid_t group)
{
	bool raised = false;
	int fd, error;

	fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EACCES && group != NO_GROUP) {
		raised = privileges_raise_spool_group();
		fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	}
	error = errno;
	if (raised)
		privileges_lower_spool_group();
	errno = error;
	return fd;
}

static void remove_scratch(int dir_fd, const char *name, gid_t group)
{
	if (unlinkat(dir_fd, name, 0) == 0 || group == NO_GROUP)
		return;
	privileges_raise_spool_group();
	unlinkat(dir_fd, name, 0);
	privileges_lower_spool_group();
}

void doctor_locks(Doctor *doctor)
{
	const gid_t group = privileges_spool_group();
	char name[64];
	auto_fd int dir_fd = doctor->inbox ? open_parent(doctor->inbox) : -1;
	auto_fd int fd = -1;

	doctor->area = "locks";
	if (dir_fd < 0)
		return;
	if (!doctor->is_mbox) {
		doctor_say(doctor, DOCTOR_GOOD, "a Maildir needs none");
		return;
	}
	snprintf(name, sizeof name, ".trommel-doctor.%ld", (long)getpid());
	fd = make_scratch(dir_fd, name, group);
	if (fd < 0) {
		doctor_say(doctor, DOCTOR_NOTE, "they cannot be tried: no file can be made beside %s: %s",
			   doctor->inbox, strerror(errno));
		return;
	}
	try_dotlock(doctor, dir_fd, name, group);
	try_kernel_lock(doctor, dir_fd, fd, name, mbox_lock_kernel, "fcntl",
			doctor->store_settings.lock_fcntl);
	try_kernel_lock(doctor, dir_fd, fd, name, lock_flock, "flock", doctor->store_settings.lock_flock);
	remove_scratch(dir_fd, name, group);
}

/* ---- what was left behind ---- */

typedef struct Litter {
	Doctor *doctor;
	unsigned entries;
	size_t old, young;
	const char *example;
} Litter;

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void count_tmp(Litter *litter, int dir_fd, const char *path)
{
	DIR *listing = fdopendir(dir_fd);
	struct dirent *entry;
	struct stat status;

	while (listing && litter->entries++ < ENTRIES_MAX && (entry = readdir(listing))) {
		if (is_dots(entry->d_name) ||
		    fstatat(dirfd(listing), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(status.st_mode))
			continue;
		if (litter->doctor->now - status.st_mtime < TMP_AGE_S) {
			litter->young++;
			continue;
		}
		if (litter->old++ == 0)
			litter->example = arena_printf(litter->doctor->arena, "%s/%s", path, entry->d_name);
	}
	if (listing)
		closedir(listing);
	else
		cleanup_fd(&dir_fd);
}

/* The tmp/ of every Maildir below. */
static void search(Litter *litter, int dir_fd, const char *path, unsigned depth)
{
	DIR *listing = fdopendir(dir_fd);
	struct dirent *entry;

	while (listing && depth < DEPTH_MAX && litter->entries++ < ENTRIES_MAX &&
	       (entry = readdir(listing))) {
		const char *inner;
		int fd;

		if (is_dots(entry->d_name) || strcmp(entry->d_name, "new") == 0 ||
		    strcmp(entry->d_name, "cur") == 0)
			continue;
		fd = openat(dirfd(listing), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			continue;
		inner = arena_printf(litter->doctor->arena, "%s/%s", path, entry->d_name);
		if (strcmp(entry->d_name, "tmp") == 0)
			count_tmp(litter, fd, inner);
		else
			search(litter, fd, inner, depth + 1);
	}
	if (listing)
		closedir(listing);
	else
		cleanup_fd(&dir_fd);
}

static void report_tmp(Doctor *doctor, const char *root)
{
	Litter litter = { .doctor = doctor };
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	search(&litter, fd, root, 0);
	if (litter.old) {
		doctor_say(doctor, DOCTOR_FINDING,
			   "%zu %s in tmp/ older than 36 hours, such as %s: half of a delivery that "
			   "was killed, never seen by a reader",
			   litter.old, litter.old == 1 ? "file" : "files", litter.example);
		doctor_mend(doctor, "find %s -path '*/tmp/*' -type f -mmin +2160 -delete", root);
	} else {
		doctor_say(doctor, DOCTOR_GOOD, "no old file is in tmp/");
	}
	if (litter.young)
		doctor_say(doctor, DOCTOR_NOTE, "%zu younger ones may be deliveries that are under way",
			   litter.young);
}

/* `name` ends in ".lock". */
static void judge_lock(Doctor *doctor, int dir_fd, const char *directory, const char *name)
{
	const char *file = arena_copy_bytes(doctor->arena, name, strlen(name) - strlen(".lock"));
	DotlockHolder holder = { 0 };
	Dotlock lock;
	Failure why = { 0 };

	if (!dotlock_init(&lock, dir_fd, file, doctor->machine, NO_GROUP, &why))
		return;
	if (dotlock_read_holder(&lock, &holder)) {
		if (dotlock_holder_is_dead(&lock, &holder))
			doctor_say(doctor, DOCTOR_FINDING,
				   "%s/%s is the lock of process %ld, which is gone: the next delivery "
				   "there takes it away",
				   directory, name, (long)holder.pid);
		else if (doctor->now - holder.status.st_mtime > (int64_t)doctor->store_settings.lock_stale_s)
			doctor_say(doctor, DOCTOR_FINDING,
				   "%s/%s is older than lock_stale_s (%u s): the next delivery there "
				   "takes it away",
				   directory, name, doctor->store_settings.lock_stale_s);
		else
			doctor_say(doctor, DOCTOR_NOTE, "%s/%s is held by process %ld of %s", directory, name,
				   (long)holder.pid, *holder.host ? holder.host : "an unknown host");
		if (doctor->lines[doctor->count - 1].level == DOCTOR_FINDING)
			doctor_mend(doctor, "rm %s/%s", directory, name);
	}
	dotlock_release(&lock);
}

static bool is_lock(const char *name, const char *only)
{
	size_t length = strlen(name);

	if (length < 6 || strcmp(name + length - 5, ".lock") != 0)
		return false;
	return !only || (strncmp(name, only, length - 5) == 0 && !only[length - 5]);
}

/* The locks in `directory`; of the file `only`, unless that is NULL. */
static void report_locks(Doctor *doctor, const char *directory, const char *only)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *listing = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	for (unsigned i = 0; listing && i < ENTRIES_MAX && (entry = readdir(listing)); i++)
		if (is_lock(entry->d_name, only))
			judge_lock(doctor, dirfd(listing), directory, entry->d_name);
	if (listing)
		closedir(listing);
	else
		cleanup_fd(&fd);
}

void doctor_litter(Doctor *doctor)
{
	AUTO_VALUE(Location) location = { 0 };
	Failure ignored = { 0 };
	const char *slash;

	doctor->area = "left behind";
	if (!location_parse(&location, &doctor->store_settings, &ignored))
		return;
	if (!doctor->is_mbox) {
		report_tmp(doctor, location.root);
		return;
	}
	slash = strrchr(location.inbox, '/');
	if ((size_t)(slash - location.inbox) != strlen(location.root) ||
	    strncmp(location.inbox, location.root, strlen(location.root)) != 0)
		report_locks(
			doctor,
			arena_copy_bytes(doctor->arena, location.inbox, (size_t)(slash - location.inbox)),
			slash + 1);
	report_locks(doctor, location.root, NULL);
}
