#include "delivery/calendars.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/memory.h"
#include "base/names.h"
#include "mailbox/beneath.h"
#include "mailbox/side_file.h"
#include "plan/limits.h"

enum {
	PATIENCE_S = 5,
	FILE_NAME_MAX = 255
};

/* ---- directories ---- */

static bool is_missing(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ELOOP || error == EXDEV;
}

/* Whoever could write there would have the user's calendar. */
static bool is_his_own(const Calendars *calendars, int fd, Failure *why)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return failure_errno(why, "look at '%s'", calendars->directory);
	if (status.st_uid != calendars->owner)
		return failure_retry(why, "'%s' belongs to uid %lu", calendars->directory,
				     (unsigned long)status.st_uid);
	if (status.st_mode & S_IWOTH)
		return failure_retry(why, "'%s' can be written by others; 'chmod o-w' mends it",
				     calendars->directory);
	return true;
}

/* The directory of all calendars; -1 and `*missing` when it is not there and not to be made. */
static int open_root(const Calendars *calendars, bool make, bool *missing, Failure *why)
{
	int fd = directory_open(calendars->directory, why);

	*missing = fd < 0 && why->error == ENOENT;
	if (*missing && make)
		fd = directory_make(calendars->directory, calendars->home, why);
	if (fd < 0 || is_his_own(calendars, fd, why))
		return fd;
	close(fd);
	return -1;
}

/* ---- the file of an object ---- */

static void digest_name(Slice uid, char name[FILE_NAME_MAX + 1])
{
	char hex[DIGEST_HEX];

	digest_of(&uid, 1, hex);
	snprintf(name, FILE_NAME_MAX + 1, "%s.ics", hex);
}

/* A UID that looks like a digest would be the file of another object. */
static bool looks_like_digest(Slice uid)
{
	for (size_t i = 0; i < uid.length; i++)
		if (!memchr("0123456789abcdef", uid.data[i], 16))
			return false;
	return uid.length == DIGEST_HEX - 1;
}

/* What another program may have called it; false when no file can have that name. */
static bool plain_name(Slice uid, char name[FILE_NAME_MAX + 1])
{
	if (!plan_program_valid(uid) || uid.length + strlen(".ics") > FILE_NAME_MAX || looks_like_digest(uid))
		return false;
	snprintf(name, FILE_NAME_MAX + 1, "%.*s.ics", (int)uid.length, uid.data);
	return true;
}

static bool is_file(int dir_fd, const char *name)
{
	struct stat status;

	return fstatat(dir_fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode);
}

/* The name of the object's file in a calendar; where there is none, the one that it would get. */
static bool find_file(int dir_fd, Slice uid, char name[FILE_NAME_MAX + 1])
{
	if (plain_name(uid, name) && is_file(dir_fd, name))
		return true;
	digest_name(uid, name);
	return is_file(dir_fd, name);
}

/* ---- the question ---- */

static bool is_calendar(const char *name)
{
	return plan_program_valid(slice_of(name));
}

/* The calendars, in the order of their names. */
static bool list_calendars(const Calendars *calendars, int root_fd, Names *names, Failure *why)
{
	int fd = openat(root_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	bool done;

	if (!directory) {
		failure_errno(why, "read the directory '%s'", calendars->directory);
		if (fd >= 0)
			close(fd);
		return false;
	}
	done = names_read(directory, is_calendar, LIMIT_CALENDARS, names) ||
	       failure_errno(why, "read the directory '%s'", calendars->directory);
	closedir(directory);
	return done;
}

/* Looks into one calendar.  True with an answer when the object is there. */
static bool look_into(int root_fd, const char *calendar, Slice uid, Answer *answer, Failure *why)
{
	auto_fd int fd = beneath_open_directory(root_fd, calendar);
	AUTO_VALUE(Text) object = { 0 };
	char name[FILE_NAME_MAX + 1];

	if (fd < 0)
		return is_missing(errno) || errno == EACCES || failure_errno(why, "open '%s'", calendar);
	if (!find_file(fd, uid, name))
		return true;
	if (!side_file_read(fd, name, &object, why)) {
		if (why->error)
			return false;
		text_printf(&answer->bytes, "%c%s", CALENDAR_REFUSES, why->text); /* too large */
		return true;
	}
	answer->yes = true;
	text_printf(&answer->bytes, "%c%s\n", CALENDAR_HAS, calendar);
	text_append_slice(&answer->bytes, text_slice(&object));
	return true;
}

static bool look_into_all(const Calendars *calendars, int root_fd, Slice uid, Answer *answer, Failure *why)
{
	AUTO_VALUE(Names) names = { 0 };

	if (!list_calendars(calendars, root_fd, &names, why))
		return false;
	for (size_t i = 0; i < names.count && !answer->bytes.length; i++)
		if (!look_into(root_fd, names.items[i], uid, answer, why))
			return false;
	return true;
}

/* Where a new object would go. */
static bool answer_new(int root_fd, Slice calendar, Answer *answer, Failure *why)
{
	auto_free char *name = memory_copy_bytes(calendar.data, calendar.length);
	auto_fd int fd = -1;

	if (!calendar.length) {
		text_printf(&answer->bytes, "%c%s", CALENDAR_HAS_NOT, CALENDARS_DEFAULT);
		return true;
	}
	if (plan_program_valid(calendar) && root_fd >= 0)
		fd = beneath_open_directory(root_fd, name);
	if (fd >= 0)
		text_printf(&answer->bytes, "%c%s", CALENDAR_HAS_NOT, name);
	else if (!plan_program_valid(calendar) || root_fd < 0 || is_missing(errno) || errno == EACCES)
		text_printf(&answer->bytes, "%cthere is no such calendar", CALENDAR_REFUSES);
	else
		return failure_errno(why, "open '%s'", name);
	return true;
}

bool calendars_answer(const Calendars *calendars, const Question *question, Answer *answer, Failure *why)
{
	auto_fd int root_fd = -1;
	bool missing;

	if (!*calendars->directory) {
		text_append_char(&answer->bytes, CALENDAR_NONE);
		return true;
	}
	root_fd = open_root(calendars, false, &missing, why);
	if (root_fd < 0 && !missing) {
		if (why->error && why->error != EACCES)
			return false;
		text_printf(&answer->bytes, "%c%s", CALENDAR_REFUSES, why->text);
		return true;
	}
	if (root_fd >= 0 && !look_into_all(calendars, root_fd, question->arguments[0], answer, why))
		return false;
	return answer->bytes.length || answer_new(root_fd, question->arguments[1], answer, why);
}

/* ---- the change ---- */

struct CalendarChange {
	int dir_fd;
	char name[FILE_NAME_MAX + 1];
	SideFile file;
	bool is_locked, removes;
};

static bool open_calendar(const Calendars *calendars, const Action *action, CalendarChange *change,
			  Failure *why)
{
	bool missing;
	auto_fd int root_fd = open_root(calendars, true, &missing, why);

	if (root_fd < 0)
		return false;
	if (strcmp(action->calendar, CALENDARS_DEFAULT) == 0 &&
	    !beneath_make_directories(root_fd, CALENDARS_DEFAULT))
		return failure_errno(why, "make the calendar '%s/%s'", calendars->directory,
				     CALENDARS_DEFAULT);
	change->dir_fd = beneath_open_directory(root_fd, action->calendar);
	if (change->dir_fd < 0)
		return failure_errno(why, "open the calendar '%s/%s'", calendars->directory,
				     action->calendar);
	return true;
}

/* Is it as the rules saw it? */
static bool is_as_before(const CalendarChange *change, const Action *action, Failure *why)
{
	AUTO_VALUE(Text) object = { 0 };
	char hex[DIGEST_HEX] = "";
	Slice bytes;

	if (!side_file_read(change->dir_fd, change->name, &object, why))
		return false;
	bytes = text_slice(&object);
	if (object.length)
		digest_of(&bytes, 1, hex);
	if (strcmp(hex, action->before ? action->before : "") == 0)
		return true;
	return failure_retry(why, "somebody else has changed '%s'", change->name);
}

static bool prepare(const Calendars *calendars, const Action *action, CalendarChange *change, Failure *why)
{
	if (!*calendars->directory)
		return failure_retry(why, "there are no calendars: calendar_dir is empty");
	if (!open_calendar(calendars, action, change, why))
		return false;
	find_file(change->dir_fd, slice_of(action->handle), change->name);
	change->is_locked = side_file_lock(&change->file, change->dir_fd, change->name, PATIENCE_S, why);
	return change->is_locked && is_as_before(change, action, why) &&
	       (change->removes || side_file_write(&change->file, slice_of(action->text), why));
}

CalendarChange *calendar_prepare(const Calendars *calendars, const Action *action, Failure *why)
{
	AUTO(CalendarChange) change = memory_zeroed(1, sizeof *change);

	change->dir_fd = -1;
	change->removes = action->removes;
	if (prepare(calendars, action, change, why))
		return TAKE(change);
	failure_add(why, "in the calendar '%s'", action->calendar);
	return NULL;
}

bool calendar_commit(CalendarChange *change, Failure *why)
{
	bool done;

	if (!change->removes)
		done = side_file_put(&change->file, why);
	else
		done = unlinkat(change->dir_fd, change->name, 0) == 0 || errno == ENOENT ||
		       failure_errno(why, "remove '%s'", change->name);
	if (!done)
		return false;
	side_file_unlock(&change->file);
	change->is_locked = false;
	return beneath_flush(change->dir_fd) || failure_errno(why, "flush the calendar");
}

void calendar_free(CalendarChange *change)
{
	if (!change)
		return;
	if (change->is_locked)
		side_file_unlock(&change->file);
	if (change->dir_fd >= 0)
		close(change->dir_fd);
	free(change);
}
