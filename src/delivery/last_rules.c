#include "delivery/last_rules.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/io.h"
#include "mailbox/beneath.h"
#include "plan/limits.h"
#include "sieve/limits.h"
#include "system/trust.h"
#include "system/undo.h"

#define DIRECTORY "rules"
#define FORMAT    "trommel rules 1\n"

/* What a file holds: FORMAT, then for each script a line "PLACE LENGTH NAME" and so many bytes; the main
 * script comes first, with the name "-". */
enum {
	FILE_BYTES_MAX = 64 * 1024 * 1024,
	NAME_BYTES = 32, /* of the digest of a path */
};

const char *last_rules_path(const char *state, const char *script, Arena *arena)
{
	char hex[DIGEST_HEX];

	digest_of((Slice[]){ slice_of(script) }, 1, hex);
	return arena_printf(arena, "%s/" DIRECTORY "/%.*s", state, NAME_BYTES, hex);
}

/* File systems differ in how fine their clocks are. */
bool last_rules_are_of(const char *path, int64_t modified_s)
{
	struct stat status;

	return stat(path, &status) == 0 && status.st_mtim.tv_sec == modified_s;
}

const RuleSource *last_rules_find(const RuleSources *includes, SievePlace place, const char *name)
{
	for (size_t i = 0; i < includes->count; i++)
		if (includes->items[i].place == place && strcmp(includes->items[i].name, name) == 0)
			return &includes->items[i];
	return NULL;
}

void last_rules_add(RuleSources *includes, RuleSource source, Arena *arena)
{
	if (includes->count == includes->capacity) {
		size_t capacity = includes->capacity ? 2 * includes->capacity : 4;
		RuleSource *items = arena_zeroed(arena, capacity, sizeof *items);

		if (includes->count)
			memcpy(items, includes->items, includes->count * sizeof *items);
		includes->items = items;
		includes->capacity = capacity;
	}
	includes->items[includes->count++] = source;
}

/* ---- bytes ---- */

void last_rules_write(const RuleSource *source, Text *out)
{
	text_printf(out, "%c %zu %s\n", source->place == SIEVE_GLOBAL ? 'g' : 'p', source->text.length,
		    source->name);
	text_append_slice(out, source->text);
}

bool last_rules_take(Slice *rest, RuleSource *source, Arena *arena)
{
	const char *end = rest->length ? memchr(rest->data, '\n', rest->length) : NULL;
	char *line, *name;
	unsigned long length;

	if (!end || end - rest->data < 5 || (rest->data[0] != 'p' && rest->data[0] != 'g'))
		return false;
	line = arena_copy_bytes(arena, rest->data, (size_t)(end - rest->data));
	length = strtoul(line + 2, &name, 10);
	*rest = slice_from(*rest, (size_t)(end - rest->data) + 1);
	if (*name != ' ' || !name[1] || length > SIEVE_LIMIT_SCRIPT_BYTES || length > rest->length)
		return false;
	*source = (RuleSource){ .place = line[0] == 'g' ? SIEVE_GLOBAL : SIEVE_PERSONAL,
				.name = name + 1,
				.text = arena_copy_slice(arena, slice(rest->data, length)) };
	*rest = slice_from(*rest, length);
	return true;
}

static bool take_all(Slice rest, Slice *script, RuleSources *includes, Arena *arena)
{
	const size_t format = strlen(FORMAT);
	RuleSource source;

	if (rest.length < format || memcmp(rest.data, FORMAT, format) != 0)
		return false;
	rest = slice_from(rest, format);
	if (!last_rules_take(&rest, &source, arena))
		return false;
	*script = source.text;
	while (rest.length) {
		if (!last_rules_take(&rest, &source, arena))
			return false;
		last_rules_add(includes, source, arena);
	}
	return true;
}

/* ---- files ---- */

bool last_rules_read(const char *path, uid_t owner, Slice *script, RuleSources *includes, int64_t *modified_s,
		     Arena *arena)
{
	AUTO_VALUE(Text) content = { 0 };
	Failure ignored = { 0 };
	struct stat status;
	auto_fd int fd = -1;

	if (trusted_open(path, owner, &fd, &ignored) != TRUST_OK || fstat(fd, &status) < 0 ||
	    !io_read_file(fd, path, FILE_BYTES_MAX, &content, &ignored))
		return false;
	*modified_s = status.st_mtim.tv_sec;
	return take_all(text_slice(&content), script, includes, arena);
}

static int open_directory(const char *path, const char *home, Failure *why)
{
	auto_free char *directory = strndup(path, (size_t)(strrchr(path, '/') - path));

	return directory ? directory_make(directory, home, why) : -1;
}

static bool write_file(int fd, Slice script, const RuleSources *includes, int64_t modified_s)
{
	const struct timespec times[2] = { { .tv_sec = modified_s }, { .tv_sec = modified_s } };
	const RuleSource main = { SIEVE_PERSONAL, "-", script };
	AUTO_VALUE(Text) content = { 0 };

	text_append_string(&content, FORMAT);
	last_rules_write(&main, &content);
	for (size_t i = 0; i < includes->count; i++)
		last_rules_write(&includes->items[i], &content);
	return io_write(fd, text_string(&content), content.length) && fsync(fd) == 0 &&
	       futimens(fd, times) == 0;
}

/* A new file on its way into the place of the old one. */
typedef struct Draft {
	int directory, fd;
	char name[NAME_BYTES + 8];
	Undo undo;
} Draft;

/* Has another delivery, that writes the same just now, taken its name? */
static bool is_anothers(const Draft *draft)
{
	struct stat ours, there;

	if (fstat(draft->fd, &ours) < 0)
		return false;
	if (fstatat(draft->directory, draft->name, &there, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT;
	return ours.st_dev != there.st_dev || ours.st_ino != there.st_ino;
}

/* Under one name, whoever had it: what a delivery that was killed has left is not looked for. */
static bool make_draft(Draft *draft)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	struct stat it;

	undo_hold_signals();
	draft->fd = openat(draft->directory, draft->name, flags, 0600);
	if (draft->fd < 0 && errno == EEXIST) {
		unlinkat(draft->directory, draft->name, 0);
		draft->fd = openat(draft->directory, draft->name, flags, 0600);
	}
	if (draft->fd >= 0)
		draft->undo = undo_add_unlink(draft->directory, draft->name, (gid_t)-1);
	if (draft->fd >= 0 && fstat(draft->fd, &it) == 0)
		undo_only_file(draft->undo, it.st_dev, it.st_ino);
	undo_release_signals();
	return draft->fd >= 0;
}

/* Where the draft is another's it is he who keeps them. */
static bool put(const Draft *draft, const char *name)
{
	return is_anothers(draft) || renameat(draft->directory, draft->name, draft->directory, name) == 0 ||
	       errno == ENOENT;
}

bool last_rules_keep(const char *path, const char *home, Slice script, const RuleSources *includes,
		     int64_t modified_s, Failure *why)
{
	auto_fd int directory = open_directory(path, home, why);
	const char *name = strrchr(path, '/') + 1;
	Draft draft = { .directory = directory, .fd = -1 };
	bool done;

	if (directory < 0)
		return false;
	snprintf(draft.name, sizeof draft.name, ".%s.new", name);
	if (!make_draft(&draft) && errno == EEXIST)
		return true; /* nor has he done with it */
	done = (draft.fd >= 0 && write_file(draft.fd, script, includes, modified_s) && put(&draft, name)) ||
	       failure_errno(why, "keep the last good rules in '%s'", path);
	if (!done && draft.fd >= 0 && !is_anothers(&draft))
		unlinkat(directory, draft.name, 0);
	undo_strike(&draft.undo);
	cleanup_fd(&draft.fd);
	return done;
}
