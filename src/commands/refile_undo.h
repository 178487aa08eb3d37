/* refile_undo - take back what the log of a run says: one batch that was not completed, or all of it */
#ifndef COMMANDS_REFILE_UNDO_H
#define COMMANDS_REFILE_UNDO_H

#include "commands/refile_log.h"
#include "mailbox/mbox.h"
#include "mailbox/store.h"

typedef struct RefileUndo {
	RefileLog *log;
	const Store *store; /* how mboxes are locked */
	/* out */
	size_t removed;  /* copies */
	size_t returned; /* files that are back in their source */
	size_t restored; /* mboxes that have again what was taken out of them */
	size_t gone;     /* copies that were not there any more, or not as they were filed */
	size_t sent;     /* what has left */
} RefileUndo;

/* Takes back the batches from the place `from` of the log on, but for those that were taken back already. */
bool refile_undo_batches(RefileUndo *undo, off_t from, Failure *why);

/* Finishes what was begun in mboxes. */
bool refile_undo_settle(RefileUndo *undo, Failure *why);

/* Puts back what was taken out of mboxes. */
bool refile_undo_restore(RefileUndo *undo, Failure *why);

/* Was the mbox at `path` done with; and the number of the next one? */
bool refile_undo_is_cut(const RefileLog *log, const char *path, unsigned *next, bool *is_cut, Failure *why);

/* Opens and locks the mbox at `path`. */
bool refile_undo_lock(Mbox *mbox, const Store *store, const char *path, Failure *why);

#endif
