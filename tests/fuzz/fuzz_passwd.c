/* An account that is found the short way is the one that libc finds in the same file (system/passwd_file.h,
 * passwd(5)).
 *
 * The input is the file; its first line is the name that is looked for. */
#include "fuzz_files.h"

#include <pwd.h>

#include "base/ascii.h"
#include "system/passwd_file.h"

static const char *in_place(const char *name)
{
	static char paths[2][300];
	static size_t next;
	char *path = paths[next++ % 2];

	snprintf(path, sizeof paths[0], "%s/%s", fuzz_place(), name);
	return path;
}

/* The first entry for it, as libc reads the file; those that begin with a sign are for others to look into.
 */
static bool ask_libc(const char *path, const char *name, uid_t uid, struct passwd *entry)
{
	static char buffer[64 * 1024];
	FILE *file = fopen(path, "re");
	struct passwd *found;
	bool is_it = false;

	LAW(file != NULL);
	while (!is_it && fgetpwent_r(file, entry, buffer, sizeof buffer, &found) == 0)
		is_it = entry->pw_name[0] != '+' && entry->pw_name[0] != '-' &&
			(name ? strcmp(entry->pw_name, name) == 0 : entry->pw_uid == uid);
	fclose(file);
	return is_it;
}

static void compare(const PasswdFiles *files, const char *name, uid_t uid)
{
	AUTO_VALUE(User) user = { 0 };
	struct passwd entry;

	if (!passwd_file_find(files, name, uid, &user)) {
		LAW(!user.name && !user.home && !user.shell);
		return;
	}
	LAW(ask_libc(files->passwd, name, uid, &entry), "%s", user.name);
	LAW_SAME(slice_of(user.name), slice_of(entry.pw_name));
	LAW_SAME(slice_of(user.home), slice_of(entry.pw_dir));
	LAW_SAME(slice_of(user.shell), slice_of(entry.pw_shell));
	LAW(user.uid == entry.pw_uid && user.gid == entry.pw_gid);
}

static void fuzz(Slice input)
{
	AUTO(Arena) arena = arena_new();
	auto_fd int directory = fuzz_directory();
	const char *end = memchr(input.data, '\n', input.length);
	size_t length = end ? (size_t)(end - input.data) : input.length;
	const char *name = arena_copy_bytes(arena, input.data, strnlen(input.data, length));

	fuzz_write(directory, "nsswitch", SLICE("passwd: files\n"));
	fuzz_write(directory, "passwd", slice_from(input, length + 1));
	PasswdFiles files = { in_place("nsswitch"), in_place("passwd") };
	if (*name)
		compare(&files, name, 0);
	compare(&files, NULL, 1000);
	fuzz_write(directory, "nsswitch", slice_from(input, length + 1));
	fuzz_write(directory, "passwd", SLICE("ann:x:1000:1000::/home/ann:/bin/sh\n"));
	compare(&files, "ann", 0);
}
