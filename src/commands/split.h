/* split - what the files of `trommel split` share */
#ifndef COMMANDS_SPLIT_H
#define COMMANDS_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"
#include "mailbox/source.h"

/* Writes the message as it stands, with its From_ line when `from_line`. */
bool split_write(const Message *message, bool from_line, int fd, Failure *why);

/* ---- split_run.c: a command for each message ---- */

typedef struct SplitRun SplitRun;

typedef struct SplitRunOptions {
	char **command;   /* ends in NULL */
	unsigned at_once; /* how many at a time, 1 at least */
	bool from_line;
	bool keep_going; /* when one fails */
} SplitRunOptions;

SplitRun *split_run_new(const SplitRunOptions *options);

/* Starts the command for message `number` of all, waiting for an earlier one when too many are running. False
 * and `why`: it could not be started, or one has failed and that was to be the end. */
bool split_run_start(SplitRun *run, const Sourced *it, size_t number, Failure *why);

/* Waits for those that are running, and prints what they wrote.  False: as above. */
bool split_run_finish(SplitRun *run, Failure *why);

/* How many have failed. */
size_t split_run_failed(const SplitRun *run);

/* NULL is fine. */
void split_run_free(SplitRun *run);

/* ---- split_files.c: a file for each message ---- */

/* Writes DIRECTORY/NUMBER.eml, which must not be there yet; its time is that of the message. */
bool split_file(int directory, const char *path, const Sourced *it, bool from_line, size_t number,
		Failure *why);

#endif
