#include "system/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

enum {
	LINKS_MAX = 16
};

/* No group is trusted with what decides about mail; with where mail lies the owner's own is. */
static const gid_t NOBODYS = (gid_t)-1;

/* A path on its way from "/" to what it leads to. */
typedef struct Way {
	const char *path; /* as asked for */
	uid_t owner;
	gid_t group;          /* of the owner's alone, or NOBODYS */
	bool last_is_no_link; /* known from opening it */
	unsigned links;
	TrustSeen seen;      /* or NULL */
	void *self;          /* its */
	bool refused;        /* something was, and `seen` was told */
	char done[PATH_MAX]; /* no link, "." or ".." in it; "" is "/" */
	char rest[PATH_MAX];
} Way;

static Trust refuse(Failure *why, const char *format, ...) __attribute__((format(printf, 2, 3)));
static Trust refuse(Failure *why, const char *format, ...)
{
	char text[FAILURE_TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	failure_set(why, FAILURE_RETRY, "4.7.0", "%s", text);
	return TRUST_REFUSED;
}

static Trust unreadable(const char *path, Failure *why)
{
	failure_errno(why, "read '%s'", path);
	return TRUST_UNREADABLE;
}

static bool is_friend(const Way *way, uid_t uid)
{
	return uid == way->owner || uid == 0;
}

static Trust judge_file(const Way *way, const struct stat *file, Failure *why)
{
	if (!S_ISREG(file->st_mode))
		return refuse(why, "'%s' is not a file", way->path);
	if (!is_friend(way, file->st_uid))
		return refuse(why, "'%s' belongs to uid %lu; 'chown %lu' mends it", way->path,
			      (unsigned long)file->st_uid, (unsigned long)way->owner);
	if (file->st_mode & (S_IWGRP | S_IWOTH))
		return refuse(why, "'%s' can be written by others; 'chmod go-w' mends it", way->path);
	return TRUST_OK;
}

/* May others put something there?  A group that may write to a directory of root's is root's decision
 * (/var/mail, /usr/local), as it is another's in his; in the user's own it is an accident. */
static bool is_open(const Way *way, const struct stat *directory)
{
	const bool is_own = directory->st_uid == way->owner && way->owner != 0;

	return directory->st_mode & (is_own && directory->st_gid != way->group ? S_IWGRP | S_IWOTH : S_IWOTH);
}

/* May they also replace what is not theirs? */
static bool is_wide_open(const Way *way, const struct stat *directory)
{
	return is_open(way, directory) && !(directory->st_mode & S_ISVTX);
}

static Trust judge_directory(const Way *way, const struct stat *directory, Failure *why)
{
	if (!is_friend(way, directory->st_uid))
		return refuse(
			why,
			"the directory '%s' on the way to '%s' belongs to uid %lu; 'chown root %s' mends it, "
			"or 'chown %lu' where nobody else's files are in it",
			way->done, way->path, (unsigned long)directory->st_uid, way->done,
			(unsigned long)way->owner);
	if (is_wide_open(way, directory))
		return refuse(why, "the directory '%s' can be written by others; 'chmod go-w %s' mends it",
			      way->done, way->done);
	return TRUST_OK;
}

/* Takes the next component from the rest to the end of what is done.  False at the end. */
static bool step(Way *way, bool *fits)
{
	char *start = way->rest + strspn(way->rest, "/");
	size_t length = strcspn(start, "/"), used = strlen(way->done);

	*fits = used + length + 2 < sizeof way->done;
	if (length == 0 || !*fits)
		return false;
	if (length == 2 && memcmp(start, "..", 2) == 0) {
		char *slash = strrchr(way->done, '/');

		if (slash)
			*slash = '\0';
	} else if (length != 1 || *start != '.') {
		way->done[used] = '/';
		memcpy(way->done + used + 1, start, length);
		way->done[used + 1 + length] = '\0';
	}
	memmove(way->rest, start + length, strlen(start + length) + 1);
	return true;
}

static bool is_last(const Way *way)
{
	return way->rest[strspn(way->rest, "/")] == '\0';
}

/* Looks at the directory that holds what way->done names. */
static bool look_at_parent(const Way *way, struct stat *parent)
{
	char path[PATH_MAX];
	const size_t length = (size_t)(strrchr(way->done, '/') - way->done);

	memcpy(path, way->done, length);
	memcpy(path + length, "/", 2);
	return lstat(path, parent) == 0;
}

/* Whoever may not change a file or a link of the owner's may still have given it a second name there: link(2)
 * asks for no right to it where fs.protected_hardlinks is off, and links, which it does not follow, are all
 * the same. */
static Trust judge_names(const Way *way, const struct stat *entry, Failure *why)
{
	struct stat parent;

	if (entry->st_nlink == 1)
		return TRUST_OK;
	if (!look_at_parent(way, &parent))
		return unreadable(way->done, why);
	if (!is_open(way, &parent))
		return TRUST_OK;
	return refuse(why, "'%s' has %lu names, and stands where others could have given it one of them",
		      way->done, (unsigned long)entry->st_nlink);
}

static Trust judge_link(const Way *way, const struct stat *entry, Failure *why)
{
	if (is_friend(way, entry->st_uid))
		return judge_names(way, entry, why);
	return refuse(why, "the link '%s' on the way to '%s' belongs to uid %lu; 'chown -h %lu %s' mends it",
		      way->done, way->path, (unsigned long)entry->st_uid, (unsigned long)way->owner,
		      way->done);
}

/* Puts what the link says in the place of its name. */
static Trust follow(Way *way, Failure *why)
{
	char target[PATH_MAX];
	ssize_t length;
	size_t left = strlen(way->rest);

	length = readlink(way->done, target, sizeof target);
	if (length < 0)
		return unreadable(way->done, why);
	if (++way->links > LINKS_MAX || (size_t)length + left + 2 > sizeof way->rest)
		return refuse(why, "'%s' leads through too many links", way->path);
	memmove(way->rest + length + 1, way->rest, left + 1);
	memcpy(way->rest, target, (size_t)length);
	way->rest[length] = '/';
	*(length && target[0] == '/' ? way->done : strrchr(way->done, '/')) = '\0';
	return TRUST_OK;
}

/* Tells who looks, and goes on then. */
static Trust tell(Way *way, const char *path, const struct stat *entry, Trust trust, const Failure *why)
{
	if (!way->seen)
		return trust;
	way->seen(way->self, path, entry, trust == TRUST_OK ? NULL : why->text);
	way->refused |= trust == TRUST_REFUSED;
	return trust == TRUST_REFUSED ? TRUST_OK : trust;
}

/* What is wrong with the names of the file itself is told beside what else there is to say of it. */
static Trust judge_names_of_file(Way *way, const struct stat *file, Failure *why)
{
	Trust trust = judge_names(way, file, why);

	return trust == TRUST_REFUSED ? tell(way, way->done, file, trust, why) : trust;
}

/* Looks at everything between "/" and the file. */
static Trust judge_way(Way *way, const struct stat *file, Failure *why)
{
	struct stat entry;
	bool fits;

	while (step(way, &fits)) {
		Trust trust = TRUST_OK;

		if (way->done[0] == '\0')
			continue;
		/* The usual one, with one name, was looked at when it was opened. */
		if (way->last_is_no_link && is_last(way)) {
			trust = judge_names_of_file(way, file, why);
			if (trust != TRUST_OK)
				return trust;
			continue;
		}
		if (lstat(way->done, &entry) < 0)
			return unreadable(way->done, why);
		if (S_ISLNK(entry.st_mode))
			trust = tell(way, way->done, &entry, judge_link(way, &entry, why), why);
		else if (S_ISDIR(entry.st_mode))
			trust = tell(way, way->done, &entry, judge_directory(way, &entry, why), why);
		else if (entry.st_ino != file->st_ino || entry.st_dev != file->st_dev)
			return refuse(why, "'%s' was replaced while it was read", way->path);
		else
			trust = judge_names_of_file(way, &entry, why);
		if (trust == TRUST_OK && S_ISLNK(entry.st_mode))
			trust = follow(way, why);
		if (trust != TRUST_OK)
			return trust;
	}
	return fits ? TRUST_OK : refuse(why, "'%s' is too long a path", way->path);
}

/* `group` may be NOBODYS.  Its paths are not cleared, which would take longer than all the rest. */
static bool begin(Way *way, const char *path, uid_t owner, gid_t group)
{
	size_t used = 0;

	way->path = path;
	way->owner = owner;
	way->group = group;
	way->last_is_no_link = way->refused = false;
	way->links = 0;
	way->seen = NULL;
	way->done[0] = '\0';
	if (path[0] != '/') {
		if (!getcwd(way->rest, sizeof way->rest))
			return false;
		used = strlen(way->rest);
		way->rest[used++] = '/';
	}
	if (used + strlen(path) >= sizeof way->rest) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(way->rest + used, path, strlen(path) + 1);
	return true;
}

/* First as what it nearly always is, not a link. */
static int open_either(const char *path, bool *is_link)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	int fd = open(path, flags | O_NOFOLLOW);

	*is_link = fd < 0 && errno == ELOOP;
	return *is_link ? open(path, flags) : fd;
}

Trust trusted_open(const char *path, uid_t owner, int *fd, Failure *why)
{
	bool is_link;
	auto_fd int opened = open_either(path, &is_link);
	struct stat file;
	Way way;
	Trust trust;

	if (opened < 0 && (errno == ENOENT || errno == ENOTDIR))
		return TRUST_ABSENT;
	if (opened < 0)
		return unreadable(path, why);
	if (fstat(opened, &file) < 0 || !begin(&way, path, owner, NOBODYS))
		return unreadable(path, why);
	way.last_is_no_link = !is_link;
	trust = judge_file(&way, &file, why);
	if (trust == TRUST_OK)
		trust = judge_way(&way, &file, why);
	if (trust == TRUST_OK)
		*fd = TAKE_FD(opened);
	return trust;
}

Trust trusted_look(const char *path, uid_t owner, TrustSeen seen, void *self, Failure *why)
{
	bool is_link;
	auto_fd int opened = open_either(path, &is_link);
	Way way;
	struct stat file;
	Trust trust;

	if (opened < 0 && (errno == ENOENT || errno == ENOTDIR))
		return TRUST_ABSENT;
	if (opened < 0 || fstat(opened, &file) < 0 || !begin(&way, path, owner, NOBODYS))
		return unreadable(path, why);
	way.last_is_no_link = !is_link;
	way.seen = seen;
	way.self = self;
	trust = judge_way(&way, &file, why);
	if (trust != TRUST_OK)
		return trust;
	trust = tell(&way, path, &file, judge_file(&way, &file, why), why);
	return trust == TRUST_OK && way.refused ? TRUST_REFUSED : trust;
}

/* Does the way, which nobody else can change, lead to what was opened? */
static bool leads_to(const Way *way, int fd, Failure *why)
{
	struct stat it, there;

	if (fstat(fd, &it) < 0 || lstat(way->done[0] ? way->done : "/", &there) < 0)
		return failure_errno(why, "look at '%s'", way->path);
	return (there.st_dev == it.st_dev && there.st_ino == it.st_ino) ||
	       failure_set(why, FAILURE_RETRY, "4.7.0", "'%s' was replaced while it was opened", way->path);
}

bool trusted_directory(const char *path, int fd, uid_t owner, Failure *why)
{
	struct stat it;
	Way way;

	if (fstat(fd, &it) < 0 || !begin(&way, path, owner, NOBODYS))
		return failure_errno(why, "look at '%s'", path);
	return judge_way(&way, &it, why) == TRUST_OK && leads_to(&way, fd, why);
}

/* A directory that belongs to neither the user nor root (to a "vmail", a "mail") is the site's choice, unless
 * he whose it is could have put it there himself.  `directory` has no link in it. */
static Trust judge_owners(const Way *way, const char *directory, Failure *why)
{
	char path[PATH_MAX];
	struct stat above, it;

	if (lstat("/", &above) < 0)
		return unreadable("/", why);
	for (const char *end = directory; *end; above = it) {
		end += 1 + strcspn(end + 1, "/");
		snprintf(path, sizeof path, "%.*s", (int)(end - directory), directory);
		if (lstat(path, &it) < 0)
			return unreadable(path, why);
		if (!is_friend(way, it.st_uid) && is_open(way, &above))
			return refuse(why,
				      "the directory '%s' belongs to uid %lu, who could have put it there; "
				      "'chown root %s' mends it",
				      path, (unsigned long)it.st_uid, path);
	}
	return TRUST_OK;
}

/* Whose link it is says little (on a server root's may be nobody's); what counts is who could have put it
 * there. */
static Trust judge_place_of_link(const Way *way, const struct stat *entry, Failure *why)
{
	char place[PATH_MAX];
	const int length = (int)(strrchr(way->done, '/') - way->done);
	struct stat parent;
	Trust trust = TRUST_OK;

	snprintf(place, sizeof place, "%.*s", length, way->done);
	if (!look_at_parent(way, &parent))
		return unreadable(way->done, why);
	if (is_wide_open(way, &parent))
		return refuse(why, "the link '%s' stands where others can put one; 'chmod %s %s' mends it",
			      way->done, parent.st_uid == way->owner ? "go-w" : "o-w", place);
	if (!is_friend(way, parent.st_uid))
		trust = judge_owners(way, place, why);
	return trust == TRUST_OK && is_open(way, &parent) ? judge_link(way, entry, why) : trust;
}

/* Goes the way to its end. */
static bool resolve(Way *way, const char *path, uid_t owner, gid_t group, Failure *why)
{
	struct stat entry;
	bool fits;

	if (!begin(way, path, owner, group))
		return failure_errno(why, "look at '%s'", path);
	while (step(way, &fits)) {
		if (way->done[0] == '\0')
			continue;
		if (lstat(way->done, &entry) < 0)
			return failure_errno(why, "look at '%s'", way->done);
		if (S_ISLNK(entry.st_mode) &&
		    (judge_place_of_link(way, &entry, why) != TRUST_OK || follow(way, why) != TRUST_OK))
			return false;
	}
	return fits || refuse(why, "'%s' is too long a path", path) == TRUST_OK;
}

bool trusted_resolve(const char *path, uid_t owner, gid_t group, char resolved[PATH_MAX], Failure *why)
{
	Way way;

	if (!resolve(&way, path, owner, group, why))
		return false;
	snprintf(resolved, PATH_MAX, "%s", way.done[0] ? way.done : "/");
	return true;
}

bool trusted_place(const char *path, int fd, uid_t owner, gid_t group, Failure *why)
{
	Way way;

	return resolve(&way, path, owner, group, why) && judge_owners(&way, way.done, why) == TRUST_OK &&
	       leads_to(&way, fd, why);
}
