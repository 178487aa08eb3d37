/* sqlite - questions to a database file: the table of functions of the sqlite module
 *
 * The module (src/modules/sqlite) is a shared object, opened only when a setting names a database. */
#ifndef STATE_SQLITE_H
#define STATE_SQLITE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"
#include "base/slice.h"

enum {
	SQLITE_MODULE_VERSION = 1,
	SQLITE_BUSY_MS = 5000 /* how long somebody who writes is waited for */
};
#define SQLITE_MODULE_SYMBOL "trommel_sqlite_module"

/* Takes the first column of a row; false ends the query, which is no failure. */
typedef bool (*SqliteRow)(void *self, Slice value);

typedef struct SqliteModule {
	unsigned version; /* SQLITE_MODULE_VERSION */
	/* How many values `query` wants ("?", or the highest "?NNN"); the database must be there.  A query is
	 * one statement that reads. */
	bool (*parameters)(const char *path, const char *query, size_t *count, Failure *why);
	/* Runs it with these values, which never become part of the query's text, and gives every row. */
	bool (*select)(const char *path, const char *query, const Slice *values, size_t count, SqliteRow row,
		       void *self, Failure *why);
} SqliteModule;

#endif
