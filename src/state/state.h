/* state - what is remembered between messages: duplicates, whom was answered, what was passed on
 *
 * Two-phase.  An id is claimed before anything is done because of it, and committed only when that has been
 * done; a claim that is neither committed nor released ends with its process, or, where that cannot
 * be seen (another host), when its lease is over.  Engines: SQLite, one file for each user, in a module of
 * its own; on a network file system one file for each id.  Everything happens with the user's rights.
 *
 * That a state cannot be had, or fails, never loses mail: each function says so (RETRY), and what that
 * means is for its caller to decide, who knows the use. */
#ifndef STATE_STATE_H
#define STATE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/failure.h"

/* What ids are for.  Each use has ids of its own; names and order are part of what is stored. */
typedef enum StateUse {
	STATE_DUPLICATE, /* "duplicate": messages that were seen (RFC 7352) */
	STATE_VACATION,  /* "vacation": senders that were answered (RFC 5230, 4.2) */
	STATE_REDIRECT,  /* "redirect": messages that were passed on, each with where to */
	STATE_NOTICE,    /* "notice": what the user was told by mail */
	STATE_USES
} StateUse;

enum {
	STATE_ID_BYTES = 128,       /* of an id: a digest, usually */
	STATE_ABOUT_BYTES = 512,    /* of what is told about it; more is cut */
	STATE_CLOCK_SLACK_S = 86400 /* clocks differ, and are set */
};

/* Until when an entry may be dated that is believed at `now`.  One from further ahead was made by a clock
 * that was wrong: to believe it would be to answer nobody, and to let mail wait, until that time has come. */
static inline int64_t state_latest(int64_t now)
{
	return now < INT64_MAX - STATE_CLOCK_SLACK_S ? now + STATE_CLOCK_SLACK_S : INT64_MAX;
}

typedef struct StateKey {
	StateUse use;
	const char *id;    /* 1 to STATE_ID_BYTES letters, digits and "-_.@+": a digest, usually */
	const char *about; /* for people, one line of UTF-8: "answered jo@example.org"; NULL: nothing */
} StateKey;

typedef enum StateClaim {
	STATE_CLAIMED, /* it is ours: until committed, released, or the lease is over */
	STATE_SEEN,    /* it was committed, and has not expired */
	STATE_BUSY,    /* another process that seems to live has claimed it */
} StateClaim;

/* A key that is committed. */
typedef struct StateCommit {
	StateKey key;
	uint64_t keep_s; /* for so long from now on it is seen; at least 1 */
} StateCommit;

typedef struct StateSettings {
	const char *directory; /* of the user's state, absolute; made (0700) when it is not there */
	uid_t owner;           /* whose it has to be; others could make mail disappear */
	const char *host;   /* this host's own name: claims of other hosts are judged by their lease alone */
	const char *engine; /* "auto", "sqlite", "files" */
	unsigned lease_s;   /* how long a claim holds; longer than any delivery takes */
	unsigned wait_s;    /* how long somebody who writes to it is waited for */
} StateSettings;

typedef struct State State;

/* Opens it, lazily: nothing is made before the first claim or commit.  NULL (RETRY) and `why`: it cannot be
 * had (no directory, somebody else's, no module, a file that is no database). */
State *state_open(const StateSettings *settings, Failure *why);

/* Releases what is claimed, and closes.  NULL is fine. */
void state_close(State *state);
DEFINE_AUTO(State, state_close)

/* Claims `key` unless it was seen or is claimed.  To claim what one holds is fine.  `now`: seconds since
 * 1970.  Where there is no room for a commit (the disk is full) nothing is claimed, which is a failure. */
bool state_claim(State *state, const StateKey *key, int64_t now, StateClaim *claim, Failure *why);

/* Remembers all of these, claimed or not, in one step that is on stable storage when it answers; one that was
 * seen before gets the new time.  Prunes a few that have expired on the way (not those of a time to come: it
 * may be the clock of today that is wrong), and the oldest of what is more than limits.h allows. */
bool state_commit(State *state, const StateCommit *commits, size_t count, int64_t now, Failure *why);

/* Gives up one claim of ours (what is not claimed is left alone). */
bool state_release(State *state, const StateKey *key, Failure *why);

/* Was it committed, and has it not expired?  Claims nothing, makes nothing. */
bool state_seen(State *state, const StateKey *key, int64_t now, bool *seen, Failure *why);

/* How many ids of this use were committed at or after `since`, or are claimed by living processes (ours
 * too); no more than `most` are counted.  Those that have expired may be gone. */
bool state_count(State *state, StateUse use, int64_t since, int64_t now, unsigned most, unsigned *count,
		 Failure *why);

/* ---- for people ---- */

typedef struct StateEntry {
	StateUse use;
	const char *id, *about;
	bool claimed;             /* else committed */
	int64_t changed, expires; /* seconds since 1970 */
} StateEntry;

/* Gives every entry with an id that could be ours, oldest first; false from `take` ends it, which is no
 * failure. */
bool state_list(State *state, bool (*take)(void *self, const StateEntry *entry), void *self, Failure *why);

/* Forgets one entry; `*found` tells whether it was there. */
bool state_forget(State *state, const StateKey *key, bool *found, Failure *why);

/* Forgets all that has expired or is of a time to come, claims of the dead too; `*count` tells how many. */
bool state_prune(State *state, int64_t now, unsigned *count, Failure *why);

/* "duplicate", ...; and back: false when there is no such use. */
const char *state_use_name(StateUse use);
bool state_use_of(const char *name, StateUse *use);

#endif
