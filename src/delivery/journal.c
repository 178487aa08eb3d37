#include "delivery/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/io.h"
#include "base/memory.h"
#include "base/text.h"
#include "delivery/trace.h"
#include "mailbox/beneath.h"
#include "system/undo.h"

#define FORMAT "trommel journal 1\n"

/* What a file holds: FORMAT; when the first try began, and the token, on a line; then records: "+" or "-", an
 * effect, a line feed; then NULs, for which room was taken. */

enum {
	PIECE_BYTES = 64 * 1024,
	EFFECT_BYTES = DIGEST_HEX - 1,
	RECORD_BYTES = EFFECT_BYTES + 2, /* a sign, the effect, a line feed */
	HEAD_BYTES = 256,
	TOKEN_BYTES = 40,
	FILE_BYTES_MAX = 1024 * 1024,
	SWEEP_MAX = 1000, /* files that one delivery looks at */
	DAY_S = 86400,
	TRIES = 5, /* to make it in a directory that another delivery removes */
};

struct Journal {
	JournalSettings settings;
	char name[DIGEST_HEX]; /* of the file */
	int dir_fd, fd;
	off_t end; /* of what is written; behind it are NULs */
	int64_t begun;
	char token[TOKEN_BYTES];
	Text effects;    /* that stand, each EFFECT_BYTES long */
	bool is_new;     /* its name may not be on disk */
	bool has_litter; /* behind the end is what is neither NUL nor a record */
	Undo undo;       /* while nothing is noted */
};

/* ---- which delivery ---- */

static void add_string(Digest *digest, Slice string)
{
	char length[24];
	int digits = snprintf(length, sizeof length, "%zu:", string.length);

	digest_add(digest, slice(length, (size_t)digits));
	digest_add(digest, string);
}

static bool add_body(Digest *digest, const Message *message, Failure *why)
{
	auto_free char *piece = memory_new(PIECE_BYTES);
	size_t got;

	for (off_t offset = message->body_offset; offset < message->size_bytes; offset += (off_t)got) {
		if (!message_read(message, offset, piece, PIECE_BYTES, &got, why))
			return false;
		digest_add(digest, slice(piece, got));
	}
	return true;
}

/* The recipient decides the directory and is part of the name as well: two may share one. */
static bool make_name(Journal *journal, Failure *why)
{
	const JournalSettings *settings = &journal->settings;
	unsigned char bytes[DIGEST_BYTES];
	Digest digest;

	digest_begin(&digest);
	add_string(&digest, slice_of(settings->recipient));
	add_string(&digest, settings->script);
	for (size_t i = 0; i < settings->header->count; i++)
		if (!trace_is_of_one_try(&settings->header->fields[i]))
			add_string(&digest, settings->header->fields[i].raw);
	if (!add_body(&digest, settings->message, why))
		return false;
	digest_end(&digest, bytes);
	digest_hex(bytes, journal->name);
	return true;
}

/* ---- the file ---- */

/* Whoever could write here could have redirects left out. */
static bool is_ours(const Journal *journal, int fd, bool is_directory, Failure *why)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return failure_errno(why, "look at '%s/" JOURNAL_DIRECTORY "'", journal->settings.directory);
	if (status.st_uid == journal->settings.owner && !(status.st_mode & (S_IWGRP | S_IWOTH)) &&
	    (is_directory ? S_ISDIR(status.st_mode) : S_ISREG(status.st_mode)))
		return true;
	errno = EACCES;
	return failure_errno(why,
			     "'%s/" JOURNAL_DIRECTORY
			     "' or what is in it belongs to somebody else, or others may "
			     "write there ('chmod go-w' mends that)",
			     journal->settings.directory);
}

/* -1 with why->error ENOENT: there is none. */
static int open_directory(const Journal *journal, Failure *why)
{
	AUTO_VALUE(Text) path = { 0 };
	auto_fd int place = -1, fd = -1;

	text_printf(&path, "%s/" JOURNAL_DIRECTORY, journal->settings.directory);
	place = directory_open(text_string(&path), why);
	if (place < 0)
		return -1;
	fd = openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		failure_errno(why, "open the directory '%s'", text_string(&path));
	return fd >= 0 && is_ours(journal, fd, true, why) ? TAKE_FD(fd) : -1;
}

/* Where an effect stands among those, or NULL. */
static const char *find_effect(const Journal *journal, const char *effect)
{
	const char *all = text_string(&journal->effects);

	for (size_t i = 0; i < journal->effects.length; i += EFFECT_BYTES)
		if (memcmp(all + i, effect, EFFECT_BYTES) == 0)
			return all + i;
	return NULL;
}

static void remove_effect(Journal *journal, const char *effect)
{
	const char *at = find_effect(journal, effect);
	AUTO_VALUE(Text) kept = { 0 };
	size_t before;

	if (!at)
		return;
	before = (size_t)(at - text_string(&journal->effects));
	text_append_slice(&kept, slice(text_string(&journal->effects), before));
	text_append_slice(&kept, slice_from(text_slice(&journal->effects), before + EFFECT_BYTES));
	text_reset(&journal->effects);
	text_append_slice(&journal->effects, text_slice(&kept));
}

static void take_record(Journal *journal, char sign, const char *effect)
{
	if (sign == '-')
		remove_effect(journal, effect);
	else if (!find_effect(journal, effect))
		text_append(&journal->effects, effect, EFFECT_BYTES);
}

/* Nothing but NULs? */
static bool is_room(Slice rest)
{
	return !rest.length || (!*rest.data && memcmp(rest.data, rest.data + 1, rest.length - 1) == 0);
}

static bool is_record(Slice rest)
{
	return rest.length >= RECORD_BYTES && (rest.data[0] == '+' || rest.data[0] == '-') &&
	       rest.data[RECORD_BYTES - 1] == '\n' && !memchr(rest.data, '\0', RECORD_BYTES);
}

/* Letters and digits, which names of messages are made of? */
static bool is_token(Slice text)
{
	for (size_t i = 0; i < text.length; i++)
		if (!ascii_is_alnum(text.data[i]))
			return false;
	return text.length > 0 && text.length < TOKEN_BYTES;
}

/* Takes "1794816000 0123abcd" apart. */
static bool read_second_line(Journal *journal, Slice line)
{
	const char *blank = memchr(line.data, ' ', line.length);
	size_t digits = blank ? (size_t)(blank - line.data) : 0;
	Slice token = slice_from(line, digits + 1);
	uint64_t begun;

	if (!ascii_read_number(slice(line.data, digits), INT64_MAX / 2, &begun) || !is_token(token))
		return false;
	journal->begun = (int64_t)begun;
	memcpy(journal->token, token.data, token.length);
	journal->token[token.length] = '\0';
	return true;
}

/* Reads the first two lines.  False: they are not there. */
static bool read_head(Journal *journal, Slice *rest)
{
	const size_t format = strlen(FORMAT);
	const char *end;
	Slice line;

	if (rest->length < format || memcmp(rest->data, FORMAT, format) != 0)
		return false;
	line = slice_from(*rest, format);
	end = memchr(line.data, '\n', line.length);
	if (!end)
		return false;
	line.length = (size_t)(end - line.data);
	*rest = slice_from(*rest, format + line.length + 1);
	return read_second_line(journal, line);
}

/* A record that was not written to its end says nothing, and neither does a file without a head: its delivery
 * was killed before anything had happened. */
static bool read_file(Journal *journal, Failure *why)
{
	AUTO_VALUE(Text) content = { 0 };
	Slice rest;

	if (!io_read_file(journal->fd, journal->name, FILE_BYTES_MAX, &content, why))
		return failure_add(why, "in '%s/" JOURNAL_DIRECTORY "'", journal->settings.directory);
	rest = text_slice(&content);
	if (read_head(journal, &rest)) {
		for (; is_record(rest); rest = slice_from(rest, RECORD_BYTES))
			take_record(journal, rest.data[0], rest.data + 1);
		journal->end = (off_t)(content.length - rest.length);
	}
	journal->has_litter = !is_room(rest);
	return true;
}

/* Nobody else may be at it: an MTA tries a message once at a time. */
static bool lock_file(const Journal *journal, Failure *why)
{
	if (flock(journal->fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno == EWOULDBLOCK)
		return failure_retry(why, "this message is being delivered by another process");
	/* no locks on this file system; what is written is whole all the same */
	return errno == ENOLCK || errno == EOPNOTSUPP || errno == EINVAL ||
	       failure_errno(why, "lock a journal in '%s/" JOURNAL_DIRECTORY "'",
			     journal->settings.directory);
}

/* Will nothing be readable or writable there tomorrow either?  (A file that another delivery has just made is
 * no such thing.) */
static bool is_lasting(const Failure *why)
{
	return why->error != EEXIST && failure_lasts(why);
}

/* Was it removed between being opened and locked, by a delivery that was complete then? */
static bool is_removed(const Journal *journal)
{
	struct stat status;

	return fstat(journal->fd, &status) == 0 && status.st_nlink == 0;
}

/* The file that an earlier try has left, if there is one. */
static bool open_file(Journal *journal, Failure *why)
{
	for (;;) {
		journal->fd = openat(journal->dir_fd, journal->name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
		if (journal->fd < 0)
			return errno == ENOENT || failure_errno(why, "open '%s/" JOURNAL_DIRECTORY "/%s'",
								journal->settings.directory, journal->name);
		if (!is_ours(journal, journal->fd, false, why) || !lock_file(journal, why))
			return false;
		if (!is_removed(journal))
			return read_file(journal, why);
		cleanup_fd(&journal->fd);
	}
}

static void make_token(Journal *journal)
{
	unsigned long long chance[2] = { 0 };

	if (getrandom(chance, sizeof chance, GRND_NONBLOCK) != (ssize_t)sizeof chance)
		chance[0] = (unsigned long long)getpid();
	snprintf(journal->token, sizeof journal->token, "%016llx%016llx", chance[0], chance[1]);
}

/* Made when it is asked for first: most deliveries have no use for it. */
static const char *token_of(Journal *journal)
{
	if (!*journal->token)
		make_token(journal);
	return journal->token;
}

bool journal_open(const JournalSettings *settings, Journal **result, Failure *why)
{
	AUTO(Journal) journal = memory_zeroed(1, sizeof *journal);

	journal->settings = *settings;
	journal->fd = journal->dir_fd = -1;
	journal->begun = settings->now;
	if (settings->directory) {
		Failure absent = { 0 };

		/* the usual case: nothing was ever left, and the message need not be looked at */
		journal->dir_fd = open_directory(journal, &absent);
		if (journal->dir_fd < 0 && absent.error != ENOENT && !is_lasting(&absent)) {
			*why = absent;
			return false;
		}
		if (journal->dir_fd >= 0 && (!make_name(journal, why) || !open_file(journal, why)))
			return false;
	}
	*result = TAKE(journal);
	return true;
}

/* ---- making it ---- */

static void sweep_file(const Journal *journal, const char *name)
{
	struct stat status;

	if (fstatat(journal->dir_fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode) &&
	    status.st_mtime < journal->settings.now - JOURNAL_DAYS * DAY_S)
		unlinkat(journal->dir_fd, name, 0);
}

static void sweep(const Journal *journal)
{
	int fd = openat(journal->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	if (!directory) {
		cleanup_fd(&fd);
		return;
	}
	for (unsigned i = 0; i < SWEEP_MAX && (entry = readdir(directory)); i++)
		if (entry->d_name[0] != '.')
			sweep_file(journal, entry->d_name);
	closedir(directory);
}

static int make_directory(const Journal *journal, Failure *why)
{
	const char *state = journal->settings.directory;
	auto_fd int fd = directory_make(state, journal->settings.home, why);

	if (fd < 0)
		return -1;
	if (mkdirat(fd, JOURNAL_DIRECTORY, 0700) < 0 && errno != EEXIST) {
		failure_errno(why, "make the directory '%s/" JOURNAL_DIRECTORY "'", state);
		return -1;
	}
	return open_directory(journal, why);
}

/* The last delivery that has no journal any more removes the directory, maybe just now. */
static bool make_file(Journal *journal, Failure *why)
{
	for (unsigned i = 0; i < TRIES; i++) {
		if (journal->dir_fd < 0)
			journal->dir_fd = make_directory(journal, why);
		if (journal->dir_fd < 0)
			return false;
		undo_hold_signals();
		journal->fd = openat(journal->dir_fd, journal->name,
				     O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (journal->fd >= 0)
			journal->undo = undo_add_unlink(journal->dir_fd, journal->name, (gid_t)-1);
		journal->is_new = true;
		undo_release_signals();
		if (journal->fd >= 0)
			return lock_file(journal, why);
		failure_errno(why, "make '%s/" JOURNAL_DIRECTORY "/%s'", journal->settings.directory,
			      journal->name);
		if (why->error != ENOENT)
			return false;
		cleanup_fd(&journal->dir_fd);
		journal->dir_fd = -1;
	}
	return false;
}

static bool write_at_end(Journal *journal, const char *bytes, size_t length, Failure *why)
{
	if (!io_write_at(journal->fd, bytes, length, journal->end))
		return failure_errno(why, "write to '%s/" JOURNAL_DIRECTORY "/%s'",
				     journal->settings.directory, journal->name);
	journal->end += (off_t)length;
	return true;
}

static bool write_head(Journal *journal, Failure *why)
{
	char head[HEAD_BYTES];
	int length = snprintf(head, sizeof head, FORMAT "%" PRId64 " %s\n", journal->begun,
			      token_of(journal));

	return write_at_end(journal, head, (size_t)length, why);
}

/* Takes the room for all that will be noted.  What is no record must not become one, behind a new one. */
static bool reserve(Journal *journal, size_t effects, Failure *why)
{
	off_t bytes = journal->end + HEAD_BYTES + (off_t)effects * 2 * RECORD_BYTES;
	int error = journal->has_litter && ftruncate(journal->fd, journal->end) < 0
			    ? errno
			    : posix_fallocate(journal->fd, 0, bytes);

	if (!error)
		return true;
	errno = error;
	return failure_errno(why, "take room for '%s/" JOURNAL_DIRECTORY "/%s'", journal->settings.directory,
			     journal->name);
}

bool journal_keep(Journal *journal, size_t effects, bool *kept, Failure *why)
{
	bool done;

	*kept = journal->settings.directory != NULL;
	if (!*kept)
		return true;
	if (!*journal->name && !make_name(journal, why))
		return false;
	done = (journal->fd >= 0 || make_file(journal, why)) && reserve(journal, effects, why) &&
	       (journal->end > 0 || write_head(journal, why));
	if (done || !is_lasting(why))
		return done;
	*kept = false;
	return true;
}

/* ---- keeping it ---- */

bool journal_has(const Journal *journal, const char *effect)
{
	return journal && find_effect(journal, effect);
}

static bool write_record(Journal *journal, char sign, const char *effect, Failure *why)
{
	char record[RECORD_BYTES];

	take_record(journal, sign, effect);
	if (journal->fd < 0)
		return true;
	record[0] = sign;
	memcpy(record + 1, effect, EFFECT_BYTES);
	record[RECORD_BYTES - 1] = '\n';
	return write_at_end(journal, record, sizeof record, why);
}

/* The name of a new file is flushed with the first effect. */
static bool flush(Journal *journal, Failure *why)
{
	if (fdatasync(journal->fd) == 0 && (!journal->is_new || fsync(journal->dir_fd) == 0)) {
		journal->is_new = false;
		return true;
	}
	return failure_errno(why, "write '%s/" JOURNAL_DIRECTORY "/%s' to disk", journal->settings.directory,
			     journal->name);
}

bool journal_note(Journal *journal, const char *effect, bool lasting, Failure *why)
{
	if (!journal || find_effect(journal, effect))
		return true;
	undo_strike(&journal->undo);
	return write_record(journal, '+', effect, why) &&
	       (!lasting || journal->fd < 0 || flush(journal, why));
}

bool journal_take_back(Journal *journal, const char *effect, Failure *why)
{
	if (!journal || !find_effect(journal, effect))
		return true;
	return write_record(journal, '-', effect, why) && (journal->fd < 0 || flush(journal, why));
}

int64_t journal_begun(const Journal *journal)
{
	return journal->begun;
}

const char *journal_token(Journal *journal)
{
	return token_of(journal);
}

/* ---- its end ---- */

static void remove_file(Journal *journal)
{
	AUTO_VALUE(Text) path = { 0 };

	if (journal->fd < 0)
		return;
	sweep(journal);
	text_printf(&path, "%s/" JOURNAL_DIRECTORY, journal->settings.directory);
	unlinkat(journal->dir_fd, journal->name, 0);
	rmdir(text_string(&path)); /* unless there are others */
	undo_strike(&journal->undo);
}

static void close_journal(Journal *journal)
{
	undo_strike(&journal->undo);
	cleanup_fd(&journal->fd);
	cleanup_fd(&journal->dir_fd);
	text_clear(&journal->effects);
	free(journal);
}

void journal_finish(Journal *journal)
{
	if (!journal)
		return;
	remove_file(journal);
	close_journal(journal);
}

void journal_close(Journal *journal)
{
	if (!journal)
		return;
	if (!journal->effects.length)
		remove_file(journal);
	close_journal(journal);
}
