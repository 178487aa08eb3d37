#include "system/users.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "system/passwd_file.h"

enum {
	/* Holds nearly every entry; bigger ones (long GECOS from a directory) double it. */
	FIRST_BUFFER_BYTES = 1024,
	BUFFER_MAX_BYTES = 1024 * 1024
};

static const PasswdFiles system_files = { "/etc/nsswitch.conf", "/etc/passwd" };

/* By name, or by uid when the name is NULL. */
typedef struct Wanted {
	const char *name;
	uid_t uid;
} Wanted;

static int look_up(const Wanted *wanted, struct passwd *entry, char *buffer, size_t size,
		   struct passwd **found)
{
	if (wanted->name)
		return getpwnam_r(wanted->name, entry, buffer, size, found);
	return getpwuid_r(wanted->uid, entry, buffer, size, found);
}

static bool no_such_user(const Wanted *wanted, Failure *why)
{
	if (wanted->name)
		return failure_set(why, FAILURE_NO_USER, "5.1.1", "no such user: '%s'", wanted->name);
	/* Whoever started us with it knows who the mail is for: what is wrong here is no mistake of the
	 * sender's. */
	return failure_retry(why, "no account has the uid %lu", (unsigned long)wanted->uid);
}

/* Only a look-up without any error says that there is nobody.  The manual page lists ENOENT, ESRCH and
 * others as "not found" somewhere; with glibc they mean a missing file or a directory server that is
 * down, and a user's mail must wait for it. */
static bool look_up_failed(const Wanted *wanted, int error, Failure *why)
{
	errno = error;
	if (wanted->name)
		return failure_errno(why, "look up the user '%s'", wanted->name);
	return failure_errno(why, "look up the user with uid %lu", (unsigned long)wanted->uid);
}

static char *copy_field(const char *field)
{
	return memory_copy_string(field ? field : "");
}

static void take_entry(User *user, const struct passwd *entry)
{
	*user = (User){
		.name = copy_field(entry->pw_name),
		.home = copy_field(entry->pw_dir),
		.shell = copy_field(entry->pw_shell),
		.uid = entry->pw_uid,
		.gid = entry->pw_gid,
	};
}

static bool find(User *user, const Wanted *wanted, Failure *why)
{
	char first[FIRST_BUFFER_BYTES];
	auto_free char *larger = NULL;
	char *buffer = first;
	size_t size = sizeof first;
	struct passwd entry, *found = NULL;
	int error;

	if (passwd_file_find(&system_files, wanted->name, wanted->uid, user))
		return true;
	while ((error = look_up(wanted, &entry, buffer, size, &found)) == EINTR ||
	       (error == ERANGE && size < BUFFER_MAX_BYTES)) {
		if (error == EINTR)
			continue;
		size *= 2;
		buffer = larger = memory_resize(larger, size, 1);
	}
	if (error)
		return look_up_failed(wanted, error, why);
	if (!found)
		return no_such_user(wanted, why);
	take_entry(user, found);
	return true;
}

/* No system has such names; what a directory server or a log makes of them is not tried out. */
static bool is_hostile_name(const char *name)
{
	if (name[0] == '\0' || name[0] == '-' || name[0] == '+')
		return true; /* "+" and "-" begin the special lines of compat files */
	if (strlen(name) > 255)
		return true;
	for (; *name; name++)
		if (ascii_is_control(*name) || ascii_is_space(*name) || *name == '/' || *name == ':')
			return true;
	return false;
}

bool user_find_name(User *user, const char *name, Failure *why)
{
	if (is_hostile_name(name))
		return failure_set(why, FAILURE_NO_USER, "5.1.1", "no such user: the name cannot be one");
	return find(user, &(Wanted){ .name = name }, why);
}

bool user_find_uid(User *user, uid_t uid, Failure *why)
{
	return find(user, &(Wanted){ .uid = uid }, why);
}

bool user_lacks_home(const char *name, const char *home, Failure *why)
{
	if (home[0] != '/')
		return failure_retry(
			why,
			"the passwd entry of '%s' has '%s' for a home directory, not a path that "
			"begins with /: 'usermod -d PATH %s' mends it, or alias '%s' to a person",
			name, home, name, name);
	return failure_retry(
		why,
		"the home directory '%s' of '%s' does not exist, where mail and rules are looked for: "
		"mount or make it, or alias '%s' to a person",
		home, name, name);
}

void user_clear(User *user)
{
	free(user->name);
	free(user->home);
	free(user->shell);
	*user = (User){ 0 };
}
