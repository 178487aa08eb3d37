/* refile_log - what a run of `trommel refile` has done and is about to do: to be resumed by, and undone
 *
 * A run is a directory in the user's state, "refile/RUN".  In it:
 *
 *	command	the directory it was started in and its arguments, each ended by a NUL
 *	script
 *	input	what came on standard input
 *	taken/	files that were taken out of their source
 *	cut-N.*	what was taken out of an mbox (mbox_excise.h)
 *	journal/	what was sent of the message that it is at (delivery/journal.h)
 *	log
 *
 * All of it stays, of a finished run too, until that is undone or forgotten.  The log has a line for each
 * thing, fields between tabs, with %XX for bytes that would end one:
 *
 *	o KEY				of a message something is about to be sent: the journal
 *					knows what was
 *	B				a batch begins; what follows is about to be
 *	m KEY taken|moved|stays		a message; "taken": out of an mbox, once the run is at its end
 *	s COUNT				so much was sent of that one; nothing takes it back
 *	c MAILDIR NAME			a copy in a Maildir
 *	a MBOX OFFSET LENGTH DIGESTED DIGEST	a record in an mbox
 *	t FILE NUMBER			FILE becomes taken/NUMBER
 *	E				all of that is so, and on disk
 *	R				or it was taken back
 *	F				the run is finished
 *	U				it is being undone */
#ifndef COMMANDS_REFILE_LOG_H
#define COMMANDS_REFILE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/failure.h"
#include "base/text.h"
#include "system/config.h"
#include "system/users.h"

enum {
	LOG_FIELDS = 6,
	LOG_PATIENCE_MS = 5000,
	LOG_NO_BATCH = -1
};

typedef struct RefileLog {
	char id[40];
	int dir_fd, fd;
	Text path;    /* of the directory */
	Text pending; /* lines that are not written yet */
	/* as it was found: */
	bool finished, undone;
	off_t open_batch; /* where the batch begins that was neither completed nor taken back; or LOG_NO_BATCH
			   */
	size_t last_taken; /* the highest number in taken/ */
} RefileLog;

typedef struct LogLine {
	char kind;
	char *fields[LOG_FIELDS]; /* "" where there is none */
} LogLine;

/* A place in a log, and the batch that was read last. */
typedef struct LogReader {
	FILE *file;
	const char *id;
	char *bytes; /* the present line, */
	ssize_t length;
	size_t room;
	bool holds;     /* which is still to be read: it begins the next batch */
	Text lines;     /* of the batch, */
	size_t *starts; /* where each begins, */
	size_t count, capacity;
	bool failed; /* it cannot be read on */
	char end;    /* and how it ended: 'E' or 'R' as in the log, or 0: it did not */
} LogReader;

/* The directory of all runs, made when `make`; -1 when it is not there. */
bool refile_log_place(const Config *config, const User *user, bool make, int *fd, Text *path, Failure *why);

/* Begins a run, in `place`. */
bool refile_log_create(RefileLog *log, int place, const char *path, int argc, char **argv, Slice script,
		       Failure *why);

/* Opens one that there is and reads its log; nobody else may be at it, which is waited for. */
bool refile_log_open(RefileLog *log, int place, const char *path, const char *id, unsigned patience_ms,
		     Failure *why);

/* Adds a line; fields end in NULL. */
void refile_log_add(RefileLog *log, char kind, const char *const *fields);

/* Writes the lines, and they are on disk. */
bool refile_log_flush(RefileLog *log, Failure *why);

/* Has it no line, as it is now?  Not when that cannot be seen. */
bool refile_log_is_empty(const RefileLog *log);

/* Removes the run with all that is in it. */
bool refile_log_remove(RefileLog *log, int place, Failure *why);

void refile_log_close(RefileLog *log);

/* --- reading it, as it is now: refile_log_read.c --- */

/* Reads what RefileLog says "as it was found", and cuts half a line off its end; for refile_log_open. */
bool refile_log_look(RefileLog *log, Failure *why);

/* Begins at `from`, where a line does. */
bool refile_log_read(const RefileLog *log, off_t from, LogReader *reader, Failure *why);

/* Reads the next batch.  False behind the last, and for accidents. */
bool refile_log_next(LogReader *reader, Failure *why);

/* False when the end that was come to was an accident, of which `why` was told. */
bool refile_log_read_end(LogReader *reader);

/* Takes line `number` of the batch apart; the fields live until `text` is changed. */
void refile_log_line(const LogReader *reader, size_t number, LogLine *line, Text *text);
char refile_log_kind(const LogReader *reader, size_t number);

/* The keys of messages in batches that are complete, in order; with `which`, of those that are said to be
 * that.  The caller's to free. */
bool refile_log_keys(const RefileLog *log, const char *which, uint64_t **keys, size_t *count, Failure *why);

#endif
