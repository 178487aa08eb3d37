/* journal - what was done already of a plan that could not be finished
 *
 * What leaves (a redirect, an answer, a program's copy) cannot be taken back.  So a delivery in which
 * something can still fail behind it notes each effect in a file of the user's state as soon as it has
 * happened: the MTA's next try finds the file, does the rest and repeats nothing.  The file is made, and its
 * room taken, before the first effect; it goes when the delivery is complete, or when nothing took effect.
 * What stays is swept after JOURNAL_DAYS.
 *
 * A file is named for a digest of the message (without the lines that an MTA writes anew in every try), its
 * recipient and the script: another message, or other rules, find nothing.  (What the script includes does
 * not count: an effect is named by what it is, so that other rules with the same effect do not repeat it.) */
#ifndef DELIVERY_JOURNAL_H
#define DELIVERY_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/failure.h"
#include "base/slice.h"
#include "message/header.h"
#include "message/message.h"

/* In the directory of the user's state. */
#define JOURNAL_DIRECTORY "journal"

enum {
	JOURNAL_DAYS = 10 /* no MTA keeps a message longer in its queue */
};

typedef struct JournalSettings {
	const char *directory; /* of the user's state, absolute; NULL: no journal is kept */
	const char *home;      /* the user's: what is missing below it is made */
	uid_t owner;
	const Message *message; /* as it came */
	const HeaderIndex *header;
	const char *recipient;
	Slice script; /* its text */
	int64_t now;
} JournalSettings;

typedef struct Journal Journal;

/* Finds what an earlier try has left.  Without any `*journal` is one that holds nothing and is not on disk
 * yet. False (RETRY) and `why`: another process is at this delivery, or it cannot be known what was done. */
bool journal_open(const JournalSettings *settings, Journal **journal, Failure *why);

/* Makes it, with room for `effects`.  A disk that is full is a failure (RETRY); where nothing can be written
 * for good (the state's directory is somebody else's) nothing is kept, and `*kept` tells. */
bool journal_keep(Journal *journal, size_t effects, bool *kept, Failure *why);

/* Did an earlier try, or this one, do this?  NULL did nothing. */
bool journal_has(const Journal *journal, const char *effect);

/* Notes an effect, a word, that is done now; `lasting` ones outlive a power cut.  NULL is fine. */
bool journal_note(Journal *journal, const char *effect, bool lasting, Failure *why);

/* Notes, on stable storage, that it is going to be taken back; false: it must stay. */
bool journal_take_back(Journal *journal, const char *effect, Failure *why);

/* When the first try began, in seconds since 1970; and letters and digits that are the same in all tries, and
 * that no other delivery has. */
int64_t journal_begun(const Journal *journal);
const char *journal_token(Journal *journal);

/* The delivery is complete: the file goes, and the journal is closed.  NULL is fine. */
void journal_finish(Journal *journal);

/* Closes it; a file in which nothing is noted goes.  NULL is fine. */
void journal_close(Journal *journal);
DEFINE_AUTO(Journal, journal_close)

#endif
