/* engine - how state is kept: the table of functions of each way
 *
 * state.c has checked what comes here and cuts what is too long; it opens an engine in a directory that is
 * nobody else's.  Two engines: "files" (files.c) and "sqlite" (modules/state-sqlite, a shared object that is
 * opened on demand). */
#ifndef STATE_ENGINE_H
#define STATE_ENGINE_H

#include "state/state.h"

enum {
	STATE_ENGINE_VERSION = 2,
	STATE_PRUNE_AT_COMMIT = 16 /* entries that are looked at: twice what steady use would need */
};
#define STATE_SQLITE_MODULE "state-sqlite"
#define STATE_SQLITE_SYMBOL "trommel_state_sqlite_module"

/* The directory of one user's state; all of it lives as long as what was opened in it. */
typedef struct StatePlace {
	const char *path;
	int fd;
	uid_t owner;
	const char *holder; /* this process: see holder.h */
	unsigned wait_s;
} StatePlace;

/* An entry to be stored. */
typedef struct StateRecord {
	StateUse use;
	const char *id, *about;   /* about: one line of UTF-8, "" for nothing */
	int64_t changed, expires; /* of a claim: when its lease is over */
} StateRecord;

/* What an engine has opened. */
typedef struct StateStore StateStore;

/* What state.h says of each; expired claims, those of the dead and those of a time to come are free. */
typedef struct StateEngine {
	unsigned version; /* STATE_ENGINE_VERSION */
	/* NULL without a failure: nothing was kept here yet, and nothing is made without `make`. */
	StateStore *(*open)(const StatePlace *place, bool make, Failure *why);
	void (*close)(StateStore *store);
	bool (*claim)(StateStore *store, const StateRecord *record, int64_t now, StateClaim *claim,
		      Failure *why);
	bool (*commit)(StateStore *store, const StateRecord *records, size_t count, int64_t now,
		       Failure *why);
	/* Only what is claimed by this process. */
	bool (*release)(StateStore *store, StateUse use, const char *id, Failure *why);
	bool (*seen)(StateStore *store, StateUse use, const char *id, int64_t now, bool *seen, Failure *why);
	bool (*count)(StateStore *store, StateUse use, int64_t since, int64_t now, unsigned most,
		      unsigned *count, Failure *why);
	bool (*list)(StateStore *store, bool (*take)(void *self, const StateEntry *entry), void *self,
		     Failure *why);
	bool (*forget)(StateStore *store, StateUse use, const char *id, bool *found, Failure *why);
	bool (*prune)(StateStore *store, int64_t now, unsigned *count, Failure *why);
} StateEngine;

extern const StateEngine state_files_engine;

#endif
