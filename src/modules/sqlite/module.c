/* module - the one thing that the sqlite module shows: its table of functions
 *
 * The database is opened for reading alone, and closed again: a list is asked once or twice for a message.
 * What the query may do is bounded: no writing, no attached databases, no functions that load code, so many
 * steps. */
#include <sqlite3.h>

#include "base/slice.h"
#include "state/sqlite.h"

enum {
	STEPS_AT_ONCE = 1000,
	STEPS_MAX = 50000 /* times STEPS_AT_ONCE: a table of a million rows that has no index */
};

static bool fail(sqlite3 *database, const char *path, Failure *why)
{
	return failure_retry(why, "the database '%s': %s", path, sqlite3_errmsg(database));
}

static int count_steps(void *count)
{
	return ++*(unsigned *)count > STEPS_MAX;
}

static sqlite3 *open_database(const char *path, unsigned *steps, Failure *why)
{
	sqlite3 *database = NULL;

	if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK) {
		sqlite3_busy_timeout(database, SQLITE_BUSY_MS);
		sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
		sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		sqlite3_progress_handler(database, STEPS_AT_ONCE, count_steps, steps);
		return database;
	}
	fail(database, path, why);
	sqlite3_close(database);
	return NULL;
}

static sqlite3_stmt *prepare(sqlite3 *database, const char *path, const char *query, Failure *why)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(database, query, -1, &statement, NULL) != SQLITE_OK) {
		fail(database, path, why);
		return NULL;
	}
	if (statement && sqlite3_stmt_readonly(statement) && sqlite3_column_count(statement) > 0)
		return statement;
	sqlite3_finalize(statement);
	failure_retry(why, "the database '%s': a query that reads is wanted", path);
	return NULL;
}

static bool parameters(const char *path, const char *query, size_t *count, Failure *why)
{
	unsigned steps = 0;
	sqlite3 *database = open_database(path, &steps, why);
	sqlite3_stmt *statement = database ? prepare(database, path, query, why) : NULL;
	bool done = statement != NULL;

	if (done)
		*count = (size_t)sqlite3_bind_parameter_count(statement);
	sqlite3_finalize(statement);
	sqlite3_close(database);
	return done;
}

static bool give_rows(sqlite3 *database, const char *path, sqlite3_stmt *statement, SqliteRow row, void *self,
		      Failure *why)
{
	int result;

	while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(statement, 0);

		if (text && !row(self, slice(text, (size_t)sqlite3_column_bytes(statement, 0))))
			return true;
	}
	return result == SQLITE_DONE || fail(database, path, why);
}

static bool bind(sqlite3 *database, const char *path, sqlite3_stmt *statement, const Slice *values,
		 size_t count, Failure *why)
{
	for (size_t i = 0; i < count; i++)
		if (sqlite3_bind_text(statement, (int)i + 1, values[i].data, (int)values[i].length,
				      SQLITE_STATIC) != SQLITE_OK)
			return fail(database, path, why);
	return true;
}

static bool select_rows(const char *path, const char *query, const Slice *values, size_t count, SqliteRow row,
			void *self, Failure *why)
{
	unsigned steps = 0;
	sqlite3 *database = open_database(path, &steps, why);
	sqlite3_stmt *statement = database ? prepare(database, path, query, why) : NULL;
	bool done = statement && bind(database, path, statement, values, count, why) &&
		    give_rows(database, path, statement, row, self, why);

	sqlite3_finalize(statement);
	sqlite3_close(database);
	return done;
}

__attribute__((visibility("default"))) extern const SqliteModule trommel_sqlite_module;
const SqliteModule trommel_sqlite_module = {
	.version = SQLITE_MODULE_VERSION,
	.parameters = parameters,
	.select = select_rows,
};
