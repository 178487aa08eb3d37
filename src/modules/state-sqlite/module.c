/* module - the one thing that the state-sqlite module shows: its table of functions
 *
 * One table, one row for each id; a row that names a holder is a claim.  The write-ahead log is what makes a
 * claim cost no flush and a commit one: it stays when the database is closed (so that the next delivery does
 * not pay for moving it into place) and is moved when it has so many pages.  A claim is written without a
 * flush: a machine that falls takes the process with it.
 *
 * A new database is made in memory and put in its place as a whole, so that nobody ever sees half of one. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/memory.h"
#include "state/engine.h"
#include "state/holder.h"
#include "state/limits.h"

enum {
	SCHEMA = 1,
	/* Of the write-ahead log, until it is moved: each opening reads and sums all of it, each moving costs
	 * two flushes.  Pages are small for the same reason. */
	LOG_PAGES = 64,
	PRUNE_EVERY = 4, /* commits, then so many times as much: the statement is most of what it costs */
	STEPS_AT_ONCE = 100000,
	STEPS_MAX = 2000, /* times STEPS_AT_ONCE: some ten million entries */
	TRIES = 8         /* for claims of the dead, which others want as well */
};
#define FILE_NAME "state.db"
/* "trml": tells our files from those of other programs that have a version 1, too. */
#define APPLICATION_ID "1953656172"

/* Ids are digests, most of them: neighbours in this table have nothing to do with each other. */
static const char schema[] = "PRAGMA page_size = 1024;"
			     "PRAGMA application_id = " APPLICATION_ID ";"
			     "PRAGMA user_version = 1;"
			     "CREATE TABLE entry ("
			     " use INTEGER NOT NULL,"
			     " id TEXT NOT NULL,"
			     " about TEXT NOT NULL,"
			     " changed INTEGER NOT NULL,"
			     " expires INTEGER NOT NULL,"
			     " holder TEXT," /* of a claim */
			     " PRIMARY KEY (use, id)"
			     ") WITHOUT ROWID;";

struct StateStore {
	StatePlace place;
	sqlite3 *database;
	unsigned steps; /* times STEPS_AT_ONCE, so far */
	char path[];
};

/* ---- failures ---- */

static bool fail(StateStore *store, const char *what, Failure *why)
{
	int error = store->database ? sqlite3_errcode(store->database) : SQLITE_NOMEM;
	const char *text = sqlite3_errmsg(store->database);

	switch (error) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return failure_retry(why,
				     "%s: '%s' is damaged (%s); move it away and what it remembers is "
				     "forgotten: 'mv %s %s.damaged; rm -f %s-wal %s-shm'",
				     what, store->path, text, store->path, store->path, store->path,
				     store->path);
	case SQLITE_BUSY:
	case SQLITE_PROTOCOL:
		return failure_retry(why, "%s: '%s' is in use by others, for more than %u seconds", what,
				     store->path, store->place.wait_s);
	case SQLITE_FULL:
		errno = ENOSPC;
		return failure_errno(why, "%s: '%s'", what, store->path);
	default:
		errno = sqlite3_system_errno(store->database);
		if (errno && (error == SQLITE_IOERR || error == SQLITE_CANTOPEN))
			return failure_errno(why, "%s: '%s': %s", what, store->path, text);
		return failure_retry(why, "%s: '%s': %s", what, store->path, text);
	}
}

/* ---- statements ---- */

/* A statement with its values: text for 's', numbers for 'n'. */
typedef struct Value {
	char type;
	const char *text;
	int64_t number;
} Value;

#define TEXT(it)   ((Value){ 's', (it), 0 })
#define NUMBER(it) ((Value){ 'n', NULL, (it) })

static int bind(sqlite3_stmt *statement, const Value *values, int count)
{
	int result = SQLITE_OK;

	for (int i = 0; i < count && result == SQLITE_OK; i++)
		result = values[i].type == 's'
				 ? sqlite3_bind_text(statement, i + 1, values[i].text, -1, SQLITE_STATIC)
				 : sqlite3_bind_int64(statement, i + 1, values[i].number);
	return result;
}

/* Ready to step, or NULL. */
static sqlite3_stmt *prepare(StateStore *store, const char *query, const Value *values, int count)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(store->database, query, -1, &statement, NULL) == SQLITE_OK &&
	    bind(statement, values, count) == SQLITE_OK)
		return statement;
	sqlite3_finalize(statement);
	return NULL;
}

/* Runs a statement that gives no rows; `changes` (may be NULL) gets how many rows it changed. */
static bool run(StateStore *store, const char *query, const Value *values, int count, int *changes)
{
	sqlite3_stmt *statement = prepare(store, query, values, count);
	bool done = statement && sqlite3_step(statement) == SQLITE_DONE;

	if (done && changes)
		*changes = sqlite3_changes(store->database);
	return sqlite3_finalize(statement) == SQLITE_OK && done;
}

static bool run_plain(StateStore *store, const char *queries)
{
	return sqlite3_exec(store->database, queries, NULL, NULL, NULL) == SQLITE_OK;
}

/* The number that is the one result; false when there is none or something failed. */
static bool ask_number(StateStore *store, const char *query, int64_t *number)
{
	sqlite3_stmt *statement = prepare(store, query, NULL, 0);
	bool done = statement && sqlite3_step(statement) == SQLITE_ROW;

	if (done)
		*number = sqlite3_column_int64(statement, 0);
	return sqlite3_finalize(statement) == SQLITE_OK && done;
}

/* ---- opening ---- */

/* Writes the bytes of a new database to a file of its own and gives it the name, unless another was first. */
static bool put_in_place(const StatePlace *place, const void *bytes, size_t size, Failure *why)
{
	unsigned char random[12];
	char name[64] = ".new.";
	auto_fd int fd = -1;
	bool done;

	if (getrandom(random, sizeof random, 0) != sizeof random)
		return failure_errno(why, "make a name");
	for (size_t i = 0; i < sizeof random; i++)
		snprintf(name + 5 + 2 * i, 3, "%02x", random[i]);
	fd = openat(place->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return failure_errno(why, "make a file in '%s'", place->path);
	done = io_write(fd, bytes, size) && fsync(fd) == 0 && close_checked(&fd) &&
	       (linkat(place->fd, name, place->fd, FILE_NAME, 0) == 0 || errno == EEXIST) &&
	       fsync(place->fd) == 0;
	if (!done)
		failure_errno(why, "make '%s/" FILE_NAME "'", place->path);
	unlinkat(place->fd, name, 0);
	return done;
}

static bool make_database(const StatePlace *place, Failure *why)
{
	sqlite3 *database = NULL;
	unsigned char *bytes = NULL;
	sqlite3_int64 size = 0;
	bool done = sqlite3_open_v2(":memory:", &database,
				    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
				    NULL) == SQLITE_OK &&
		    sqlite3_exec(database, schema, NULL, NULL, NULL) == SQLITE_OK;

	if (done)
		bytes = sqlite3_serialize(database, "main", &size, 0);
	if (bytes && size > 20) {
		bytes[18] = bytes[19] = 2; /* the file format's word for a write-ahead log */
		done = put_in_place(place, bytes, (size_t)size, why);
	} else {
		done = failure_retry(why, "make a database: %s", sqlite3_errmsg(database));
	}
	sqlite3_free(bytes);
	sqlite3_close(database);
	return done;
}

/* SQLite opens what lies beside the database without a look at what it is: a FIFO would hold it up for ever.
 */
static bool check_beside(const StatePlace *place, Failure *why)
{
	static const char *const names[] = { FILE_NAME "-wal", FILE_NAME "-shm", FILE_NAME "-journal" };
	struct stat file;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (fstatat(place->fd, names[i], &file, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(file.st_mode))
			return failure_set(why, FAILURE_RETRY, "4.7.0",
					   "'%s/%s' is not a file but a link or something else; remove it",
					   place->path, names[i]);
	return true;
}

/* What was made is 0600 and the owner's; what others put there is not opened. */
static bool find_file(const StatePlace *place, bool *there, Failure *why)
{
	struct stat file;

	*there = fstatat(place->fd, FILE_NAME, &file, AT_SYMLINK_NOFOLLOW) == 0;
	if (!*there)
		return errno == ENOENT || failure_errno(why, "look at '%s/" FILE_NAME "'", place->path);
	if (!S_ISREG(file.st_mode))
		return failure_set(why, FAILURE_RETRY, "4.7.0",
				   "'%s/" FILE_NAME "' is not a file but a link or something else; "
				   "move it away",
				   place->path);
	if (file.st_uid != place->owner || (file.st_mode & (S_IWGRP | S_IWOTH)))
		return failure_set(why, FAILURE_RETRY, "4.7.0",
				   "'%s/" FILE_NAME "' belongs to uid %lu or can be written by others; "
				   "move it away, or 'chown %lu' and 'chmod 600' mend it",
				   place->path, (unsigned long)file.st_uid, (unsigned long)place->owner);
	return check_beside(place, why);
}

static bool check_schema(StateStore *store, Failure *why)
{
	int64_t version, application;

	if (!ask_number(store, "PRAGMA application_id", &application) ||
	    !ask_number(store, "PRAGMA user_version", &version))
		return fail(store, "open the state", why);
	if (application != strtoll(APPLICATION_ID, NULL, 10) || version < 1)
		return failure_retry(why, "'%s' is a database of another program; move it away", store->path);
	if (version > SCHEMA)
		return failure_retry(why,
				     "'%s' is of a newer version of trommel (it says %lld, this one knows "
				     "%d); install that one again, or move the file away",
				     store->path, (long long)version, SCHEMA);
	return true;
}

/* Whatever somebody may have made of the schema, it comes to an end. */
static int count_steps(void *self)
{
	StateStore *store = self;

	return ++store->steps > STEPS_MAX;
}

static void store_close(StateStore *store)
{
	sqlite3_close(store->database);
	free(store);
}

static StateStore *open_file(const StatePlace *place, Failure *why)
{
	size_t length = strlen(place->path);
	StateStore *store = memory_zeroed(1, sizeof *store + length + sizeof "/" FILE_NAME);

	/* This process has one thread; both fail, and do no harm, once a database was opened. */
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	store->place = *place;
	memcpy(store->path, place->path, length);
	memcpy(store->path + length, "/" FILE_NAME, sizeof "/" FILE_NAME);
	if (sqlite3_open_v2(store->path, &store->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK) {
		fail(store, "open the state", why);
		store_close(store);
		return NULL;
	}
	sqlite3_busy_timeout(store->database, (int)(place->wait_s < 86400 ? place->wait_s * 1000 : 86400000));
	sqlite3_limit(store->database, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_db_config(store->database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(store->database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(store->database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(store->database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_progress_handler(store->database, STEPS_AT_ONCE, count_steps, store);
	sqlite3_db_config(store->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_wal_autocheckpoint(store->database, LOG_PAGES);
	if (check_schema(store, why))
		return store;
	store_close(store);
	return NULL;
}

static StateStore *store_open(const StatePlace *place, bool make, Failure *why)
{
	bool there;

	if (!find_file(place, &there, why) || (!there && !make))
		return NULL;
	if (!there && !make_database(place, why))
		return NULL;
	return open_file(place, why);
}

/* Flushing: only what was committed, and forgotten, must outlive the machine. */
static bool begin_durable(StateStore *store)
{
	return run_plain(store, "PRAGMA synchronous = FULL; BEGIN IMMEDIATE");
}

/* Ends it: commits what was `done`, else says why it was not. */
static bool end(StateStore *store, bool done, const char *what, Failure *why)
{
	if (done && run_plain(store, "COMMIT"))
		return true;
	fail(store, what, why);
	run_plain(store, "ROLLBACK");
	return false;
}

/* ---- claims ---- */

/* Who holds it, or "" when it was committed; false when there is no such row or something failed: `failed`.
 */
static bool find_holder(StateStore *store, const StateRecord *record, char holder[STATE_HOLDER_BYTES],
			bool *failed)
{
	const Value values[] = { NUMBER(record->use), TEXT(record->id) };
	sqlite3_stmt *statement = prepare(store, "SELECT holder FROM entry WHERE use = ?1 AND id = ?2",
					  values, 2);
	int result = statement ? sqlite3_step(statement) : SQLITE_ERROR;

	if (result == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(statement, 0);

		snprintf(holder, STATE_HOLDER_BYTES, "%s", text ? text : "");
	}
	*failed = sqlite3_finalize(statement) != SQLITE_OK || !statement;
	return !*failed && result == SQLITE_ROW;
}

/* Takes it when it is free, expired, of a time to come, ours, or held by `dead`. */
static bool try_claim(StateStore *store, const StateRecord *record, int64_t now, const char *dead, int *taken)
{
	const Value values[] = { NUMBER(record->use),
				 TEXT(record->id),
				 TEXT(record->about),
				 NUMBER(record->changed),
				 NUMBER(record->expires),
				 TEXT(store->place.holder),
				 NUMBER(now),
				 TEXT(dead),
				 NUMBER(state_latest(now)) };

	return run_plain(store, "PRAGMA synchronous = NORMAL") &&
	       run(store,
		   "INSERT INTO entry VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
		   " ON CONFLICT (use, id) DO UPDATE SET about = ?3, changed = ?4, expires = ?5, holder = ?6"
		   " WHERE expires <= ?7 OR changed > ?9 OR holder = ?6 OR holder = ?8",
		   values, 9, taken);
}

static bool store_claim(StateStore *store, const StateRecord *record, int64_t now, StateClaim *claim,
			Failure *why)
{
	char holder[STATE_HOLDER_BYTES] = "";

	for (int i = 0; i < TRIES; i++) {
		bool failed;
		int taken;

		if (!try_claim(store, record, now, holder, &taken))
			return fail(store, "claim an id", why);
		if (taken) {
			*claim = STATE_CLAIMED;
			return true;
		}
		if (!find_holder(store, record, holder, &failed)) {
			if (failed)
				return fail(store, "claim an id", why);
			continue; /* released since */
		}
		if (!holder[0]) {
			*claim = STATE_SEEN;
			return true;
		}
		if (!state_holder_is_dead(holder, store->place.holder))
			break;
	}
	*claim = STATE_BUSY;
	return true;
}

static bool store_release(StateStore *store, StateUse use, const char *id, Failure *why)
{
	const Value values[] = { NUMBER(use), TEXT(id), TEXT(store->place.holder) };

	return (run_plain(store, "PRAGMA synchronous = NORMAL") &&
		run(store, "DELETE FROM entry WHERE use = ?1 AND id = ?2 AND holder = ?3", values, 3,
		    NULL)) ||
	       fail(store, "release an id", why);
}

/* ---- commits ---- */

static bool put(StateStore *store, const StateRecord *record)
{
	const Value values[] = { NUMBER(record->use), TEXT(record->id), TEXT(record->about),
				 NUMBER(record->changed), NUMBER(record->expires) };

	return run(store, "INSERT OR REPLACE INTO entry VALUES (?1, ?2, ?3, ?4, ?5, NULL)", values, 5, NULL);
}

/* The neighbours of a row lie in a page that is written anyway.  Behind the last row the first are next: the
 * oldest, should ids be in the order of time. */
static bool prune_some(StateStore *store, const StateRecord *record, int64_t now)
{
	static const char query[] = "DELETE FROM entry WHERE use = ?1 AND expires <= ?3 AND id IN"
				    " (SELECT id FROM entry WHERE use = ?1 AND id > ?2 ORDER BY id LIMIT ?4)";
	Value values[] = { NUMBER(record->use), TEXT(record->id), NUMBER(now),
			   NUMBER(STATE_PRUNE_AT_COMMIT * PRUNE_EVERY) };
	unsigned char random;
	int changes;

	sqlite3_randomness(1, &random);
	if (random % PRUNE_EVERY != 0)
		return true;
	if (!run(store, query, values, 4, &changes))
		return false;
	values[1] = TEXT("");
	return changes || run(store, query, values, 4, NULL);
}

/* Sheds the oldest of what is more than may be; what is of a time to come was never good for anything. */
static bool shed(StateStore *store, StateUse use, int64_t now)
{
	const Value limit[] = { NUMBER(use), NUMBER(STATE_LIMIT_ENTRIES) };
	const Value kept[] = { NUMBER(use), NUMBER(STATE_LIMIT_ENTRIES - STATE_LIMIT_SHED),
			       NUMBER(state_latest(now)) };
	sqlite3_stmt *statement = prepare(store,
					  "SELECT 1 FROM entry WHERE use = ?1 AND holder IS NULL"
					  " LIMIT 1 OFFSET ?2",
					  limit, 2);
	bool too_many = statement && sqlite3_step(statement) == SQLITE_ROW;

	if (sqlite3_finalize(statement) != SQLITE_OK || !statement)
		return false;
	return !too_many || run(store,
				"DELETE FROM entry WHERE use = ?1 AND id IN (SELECT id FROM entry"
				" WHERE use = ?1 AND holder IS NULL"
				" ORDER BY changed > ?3, changed DESC, id LIMIT -1 OFFSET ?2)",
				kept, 3, NULL);
}

/* Counting reads all entries of the use, so one commit of many does it, and one that brings as many. */
static bool shed_some(StateStore *store, const StateRecord *records, size_t count, int64_t now)
{
	bool looked[STATE_USES] = { false }, done = true;
	unsigned char random;

	sqlite3_randomness(1, &random);
	if (count < STATE_LIMIT_COUNT_EVERY && random % STATE_LIMIT_COUNT_EVERY != 0)
		return true;
	for (size_t i = 0; done && i < count; i++) {
		if (!looked[records[i].use])
			done = shed(store, records[i].use, now);
		looked[records[i].use] = true;
	}
	return done;
}

static bool store_commit(StateStore *store, const StateRecord *records, size_t count, int64_t now,
			 Failure *why)
{
	bool done = begin_durable(store);

	for (size_t i = 0; done && i < count; i++)
		done = put(store, &records[i]);
	done = done && prune_some(store, &records[0], now) && shed_some(store, records, count, now);
	return end(store, done, "remember an id", why);
}

/* ---- questions ---- */

static bool store_seen(StateStore *store, StateUse use, const char *id, int64_t now, bool *seen, Failure *why)
{
	const Value values[] = { NUMBER(use), TEXT(id), NUMBER(now), NUMBER(state_latest(now)) };
	sqlite3_stmt *statement = prepare(store,
					  "SELECT 1 FROM entry WHERE use = ?1 AND id = ?2 AND expires > ?3"
					  " AND changed <= ?4 AND holder IS NULL",
					  values, 4);
	int result = statement ? sqlite3_step(statement) : SQLITE_ERROR;

	if (sqlite3_finalize(statement) != SQLITE_OK || !statement)
		return fail(store, "look for an id", why);
	*seen = result == SQLITE_ROW;
	return true;
}

static bool store_count(StateStore *store, StateUse use, int64_t since, int64_t now, unsigned most,
			unsigned *count, Failure *why)
{
	const Value values[] = { NUMBER(use), NUMBER(since), NUMBER(now), NUMBER(state_latest(now)) };
	sqlite3_stmt *statement = prepare(store,
					  "SELECT holder FROM entry WHERE use = ?1 AND changed <= ?4 AND"
					  " iif(holder IS NULL, changed >= ?2, expires > ?3)",
					  values, 4);
	unsigned found = 0;

	while (statement && found < most && sqlite3_step(statement) == SQLITE_ROW) {
		const char *holder = (const char *)sqlite3_column_text(statement, 0);

		if (!holder || !state_holder_is_dead(holder, store->place.holder))
			found++;
	}
	if (sqlite3_finalize(statement) != SQLITE_OK || !statement)
		return fail(store, "count ids", why);
	*count = found;
	return true;
}

static bool store_list(StateStore *store, bool (*take)(void *self, const StateEntry *entry), void *self,
		       Failure *why)
{
	sqlite3_stmt *statement = prepare(store,
					  "SELECT use, id, about, changed, expires, holder IS NOT NULL"
					  " FROM entry ORDER BY changed, use, id",
					  NULL, 0);
	bool more = statement != NULL;

	while (more && sqlite3_step(statement) == SQLITE_ROW) {
		int use = sqlite3_column_int(statement, 0);
		StateEntry entry = {
			.use = (StateUse)use,
			.id = (const char *)sqlite3_column_text(statement, 1),
			.about = (const char *)sqlite3_column_text(statement, 2),
			.changed = sqlite3_column_int64(statement, 3),
			.expires = sqlite3_column_int64(statement, 4),
			.claimed = sqlite3_column_int(statement, 5),
		};

		if (use >= 0 && use < STATE_USES && entry.id && entry.about)
			more = take(self, &entry);
	}
	return (sqlite3_finalize(statement) == SQLITE_OK && statement) || fail(store, "list ids", why);
}

/* ---- forgetting ---- */

static bool store_forget(StateStore *store, StateUse use, const char *id, bool *found, Failure *why)
{
	const Value values[] = { NUMBER(use), TEXT(id) };
	int changes;

	if (!run_plain(store, "PRAGMA synchronous = FULL") ||
	    !run(store, "DELETE FROM entry WHERE use = ?1 AND id = ?2", values, 2, &changes))
		return fail(store, "forget an id", why);
	*found = changes > 0;
	return true;
}

/* Drops the claims of the dead; in a transaction, so that nobody claims one of them in between. */
static bool prune_claims(StateStore *store, unsigned *count)
{
	sqlite3_stmt *statement = prepare(store, "SELECT DISTINCT holder FROM entry WHERE holder IS NOT NULL",
					  NULL, 0);
	bool done = statement != NULL;

	while (done && sqlite3_step(statement) == SQLITE_ROW) {
		const char *holder = (const char *)sqlite3_column_text(statement, 0);
		int changes = 0;

		if (holder && state_holder_is_dead(holder, store->place.holder)) {
			done = run(store, "DELETE FROM entry WHERE holder = ?1", &TEXT(holder), 1, &changes);
			*count += (unsigned)changes;
		}
	}
	return sqlite3_finalize(statement) == SQLITE_OK && done;
}

static bool store_prune(StateStore *store, int64_t now, unsigned *count, Failure *why)
{
	const Value values[] = { NUMBER(now), NUMBER(state_latest(now)) };
	int changes = 0;
	unsigned claims = 0;
	bool done = begin_durable(store) &&
		    run(store, "DELETE FROM entry WHERE expires <= ?1 OR changed > ?2", values, 2,
			&changes) &&
		    prune_claims(store, &claims);

	if (!end(store, done, "prune", why))
		return false;
	*count = (unsigned)changes + claims;
	return true;
}

__attribute__((visibility("default"))) extern const StateEngine trommel_state_sqlite_module;
const StateEngine trommel_state_sqlite_module = {
	.version = STATE_ENGINE_VERSION,
	.open = store_open,
	.close = store_close,
	.claim = store_claim,
	.commit = store_commit,
	.release = store_release,
	.seen = store_seen,
	.count = store_count,
	.list = store_list,
	.forget = store_forget,
	.prune = store_prune,
};
