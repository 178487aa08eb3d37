/* files - the state engine for file systems that machines share: a directory for each use, a file for each id
 *
 *   d-ID      it was committed           t-TOKEN   being written
 *   c-ID      it is claimed              o-TOKEN   somebody takes the claim with this token over
 *
 * Nothing is locked.  A claim is made by link(2), which one of many wins.  One that is over (its process is
 * dead, its lease is past) is replaced only by who has made the file o-TOKEN, named for that very claim, and
 * then still finds the claim in its place: so of two that saw it dead one waits and the other, who came late,
 * sees that it is another's.  What was committed is looked for after the claim was made: whoever held it
 * before commits before he gives it up. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "state/directory.h"
#include "state/engine.h"
#include "state/entry_file.h"
#include "state/limits.h"

enum {
	TRIES = 8,       /* of a claim that changes under our eyes */
	DEPTH_MAX = 3,   /* those who take over may die, too */
	LITTER_S = 3600, /* drafts that a killed process left; a broken claim is nobody's by then */
	PRUNE_EVERY = 8  /* commits look through the directory */
};

struct StateStore {
	StatePlace place;
	int dirs[STATE_USES]; /* -1: not opened */
};

static StateStore *store_open(const StatePlace *place, bool make, Failure *why)
{
	StateStore *store = memory_zeroed(1, sizeof *store);

	(void)make;
	(void)why;
	store->place = *place;
	for (int i = 0; i < STATE_USES; i++)
		store->dirs[i] = -1;
	return store;
}

static void store_close(StateStore *store)
{
	for (int i = 0; i < STATE_USES; i++)
		cleanup_fd(&store->dirs[i]);
	free(store);
}

/* The directory of a use; -1 without a failure: it is not there, and was not to be made. */
static bool enter(StateStore *store, StateUse use, bool make, int *fd, Failure *why)
{
	if (store->dirs[use] < 0 && !state_directory_enter(store->place.fd, state_use_name(use),
							   store->place.owner, make, &store->dirs[use], why))
		return false;
	*fd = store->dirs[use];
	return true;
}

static void name_of(char name[ENTRY_NAME_BYTES], char kind, const char *id)
{
	snprintf(name, ENTRY_NAME_BYTES, "%c-%s", kind, id);
}

/* Removes a file; that it is gone is what was wanted. */
static bool remove_file(int dir, const char *name, Failure *why)
{
	return unlinkat(dir, name, 0) == 0 || errno == ENOENT ||
	       failure_errno(why, "remove '%s' in the state directory", name);
}

static bool make_entry(const StateRecord *record, const char *holder, EntryFile *entry, Failure *why)
{
	*entry = (EntryFile){ .changed = record->changed, .expires = record->expires };
	snprintf(entry->holder, sizeof entry->holder, "%s", holder);
	snprintf(entry->about, sizeof entry->about, "%s", record->about);
	return entry_token_make(entry->token, why);
}

/* ---- claims ---- */

typedef enum Taken {
	TAKEN,
	TAKEN_BEFORE, /* by this process */
	TAKEN_BY_OTHER,
	TAKEN_FAILED
} Taken;

/* The claim that stands in `name`, if any.  A broken one lives for as long as the lease of a new one. */
static EntryFound read_claim(int dir, const char *name, int64_t lease_s, EntryFile *claim, Failure *why)
{
	EntryFound found = entry_file_read(dir, name, claim, why);

	if (found != ENTRY_BROKEN)
		return found;
	claim->expires = claim->changed + lease_s;
	return ENTRY_THERE;
}

/* Dated by a clock that was wrong? */
static bool is_to_come(int64_t changed, int64_t now)
{
	return changed > state_latest(now);
}

static bool is_over(const StateStore *store, const EntryFile *claim, int64_t now)
{
	return claim->expires <= now || is_to_come(claim->changed, now) ||
	       state_holder_is_dead(claim->holder, store->place.holder);
}

static Taken take(StateStore *store, int dir, const char *name, const StateRecord *record, int64_t now,
		  unsigned depth, Failure *why);

/* With the right to do so: puts the draft in the place of the claim, if that still stands there. */
static Taken replace(int dir, const char *name, const EntryFile *claim, const StateRecord *record,
		     EntryDraft *draft, Failure *why)
{
	EntryFile now_there;

	switch (read_claim(dir, name, record->expires - record->changed, &now_there, why)) {
	case ENTRY_FAILED:
		return TAKEN_FAILED;
	case ENTRY_THERE:
		if (strcmp(now_there.token, claim->token) == 0)
			return entry_draft_rename(draft, name, why) ? TAKEN : TAKEN_FAILED;
		break;
	default:
		break;
	}
	return TAKEN_BY_OTHER;
}

/* Takes the place of a claim that is over. */
static Taken take_over(StateStore *store, int dir, const char *name, const EntryFile *claim,
		       const StateRecord *record, EntryDraft *draft, int64_t now, unsigned depth,
		       Failure *why)
{
	char over[ENTRY_NAME_BYTES];
	Taken taken;

	if (depth == DEPTH_MAX)
		return TAKEN_BY_OTHER;
	name_of(over, 'o', claim->token);
	taken = take(store, dir, over, record, now, depth + 1, why);
	if (taken != TAKEN && taken != TAKEN_BEFORE)
		return taken;
	taken = replace(dir, name, claim, record, draft, why);
	unlinkat(dir, over, 0);
	return taken;
}

/* One try to have the file `name` with `draft` in it. */
static Taken take_once(StateStore *store, int dir, const char *name, const StateRecord *record,
		       EntryDraft *draft, int64_t now, unsigned depth, bool *again, Failure *why)
{
	Failure wrong = { 0 };
	EntryFile there;

	*again = false;
	if (entry_draft_link(draft, name, &wrong))
		return TAKEN;
	if (wrong.kind != FAILURE_NONE) {
		*why = wrong;
		return TAKEN_FAILED;
	}
	switch (read_claim(dir, name, record->expires - record->changed, &there, why)) {
	case ENTRY_FAILED:
		return TAKEN_FAILED;
	case ENTRY_THERE:
		break;
	default:
		*again = true;
		return TAKEN_BY_OTHER;
	}
	if (strcmp(there.holder, store->place.holder) == 0 && there.expires > now &&
	    !is_to_come(there.changed, now))
		return TAKEN_BEFORE;
	if (!is_over(store, &there, now))
		return TAKEN_BY_OTHER;
	return take_over(store, dir, name, &there, record, draft, now, depth, why);
}

static Taken take(StateStore *store, int dir, const char *name, const StateRecord *record, int64_t now,
		  unsigned depth, Failure *why)
{
	AUTO_VALUE(EntryDraft) draft = { 0 };
	Taken taken = TAKEN_FAILED;
	EntryFile entry;
	bool again = true;

	if (!make_entry(record, store->place.holder, &entry, why) ||
	    !entry_draft_write(&draft, dir, &entry, false, why))
		return TAKEN_FAILED;
	for (int i = 0; i < TRIES && again; i++)
		taken = take_once(store, dir, name, record, &draft, now, depth, &again, why);
	return taken;
}

/* Was it committed, and is it not over?  A damaged file might have been anything. */
static bool look(int dir, const char *id, int64_t now, bool *seen, Failure *why)
{
	char name[ENTRY_NAME_BYTES];
	EntryFile entry;

	name_of(name, 'd', id);
	switch (entry_file_read(dir, name, &entry, why)) {
	case ENTRY_THERE:
		*seen = entry.expires > now && !is_to_come(entry.changed, now);
		return true;
	case ENTRY_ABSENT:
		*seen = false;
		return true;
	default:
		return false;
	}
}

static bool store_claim(StateStore *store, const StateRecord *record, int64_t now, StateClaim *claim,
			Failure *why)
{
	char name[ENTRY_NAME_BYTES];
	bool seen = false;
	Taken taken;
	int dir;

	name_of(name, 'c', record->id);
	if (!enter(store, record->use, true, &dir, why) || !look(dir, record->id, now, &seen, why))
		return false;
	if (seen) {
		*claim = STATE_SEEN;
		return true;
	}
	taken = take(store, dir, name, record, now, 0, why);
	if (taken == TAKEN_FAILED)
		return false;
	*claim = taken == TAKEN_BY_OTHER ? STATE_BUSY : STATE_CLAIMED;
	if (taken != TAKEN)
		return true;
	if (!look(dir, record->id, now, &seen, why)) {
		unlinkat(dir, name, 0);
		return false;
	}
	if (!seen)
		return true;
	*claim = STATE_SEEN;
	return remove_file(dir, name, why);
}

static bool store_release(StateStore *store, StateUse use, const char *id, Failure *why)
{
	char name[ENTRY_NAME_BYTES];
	EntryFile entry;
	int dir;

	name_of(name, 'c', id);
	if (!enter(store, use, false, &dir, why))
		return false;
	switch (dir < 0 ? ENTRY_ABSENT : entry_file_read(dir, name, &entry, why)) {
	case ENTRY_FAILED:
		return false;
	case ENTRY_THERE:
		/* One whose lease is over may have been taken over between these two lines; its lease is
		 * longer than any delivery takes. */
		return strcmp(entry.holder, store->place.holder) != 0 || remove_file(dir, name, why);
	default:
		return true;
	}
}

/* ---- what is in a directory ---- */

/* Calls `visit` for every file of these kinds; false from it is a failure.  Opened anew, for a position of
 * its own. */
static bool each_file(int dir, const char *kinds,
		      bool (*visit)(void *self, int dir, const char *name, Failure *why), void *self,
		      Failure *why)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	bool done = true;

	if (!stream) {
		failure_errno(why, "read the state directory");
		cleanup_fd(&fd);
		return false;
	}
	for (;;) {
		errno = 0;
		entry = readdir(stream);
		if (!entry || !done)
			break;
		if (strchr(kinds, entry->d_name[0]) && entry->d_name[1] == '-')
			done = visit(self, dir, entry->d_name, why);
	}
	if (done && errno)
		done = failure_errno(why, "read the state directory");
	closedir(stream);
	return done;
}

typedef struct Pruning {
	StateStore *store;
	int64_t now;
	unsigned count, limit;
	unsigned part, parts; /* only names of this part are looked at */
	bool to_come;         /* what is of a time to come goes as well */
} Pruning;

static unsigned hash_of(const char *name)
{
	unsigned hash = 2166136261U;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619U;
	return hash ^ hash >> 15;
}

/* Is what is in the file over?  Its times are what tells, unless a backup has been at them. */
static bool is_expired(const Pruning *pruning, int dir, const char *name)
{
	struct stat status;
	EntryFile entry;
	Failure ignored;

	if (fstatat(dir, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	if (name[0] == 't')
		return status.st_ctime + LITTER_S <= pruning->now;
	if (name[0] == 'd' && pruning->to_come && is_to_come(status.st_mtime, pruning->now))
		return true;
	if (name[0] == 'd' && status.st_atime > pruning->now)
		return false;
	switch (entry_file_read(dir, name, &entry, &ignored)) {
	case ENTRY_THERE:
		return entry.expires <= pruning->now ||
		       (pruning->to_come && is_to_come(entry.changed, pruning->now)) ||
		       state_holder_is_dead(entry.holder, pruning->store->place.holder);
	case ENTRY_BROKEN:
		return name[0] != 'd' && entry.changed + LITTER_S <= pruning->now;
	default:
		return false;
	}
}

/* A claim that is over goes only by the hand of one who has the right to replace it. */
static bool prune_claim(const Pruning *pruning, int dir, const char *name, bool *gone, Failure *why)
{
	char id[ENTRY_NAME_BYTES];
	StateRecord record = {
		.about = "", .id = id, .changed = pruning->now, .expires = pruning->now + LITTER_S
	};
	Taken taken;

	snprintf(id, sizeof id, "%s", name + 2);
	taken = take(pruning->store, dir, name, &record, pruning->now, 0, why);
	*gone = taken == TAKEN;
	if (taken == TAKEN)
		return remove_file(dir, name, why);
	return taken != TAKEN_FAILED;
}

static bool prune_one(void *self, int dir, const char *name, Failure *why)
{
	Pruning *pruning = self;
	bool gone = true;

	if (pruning->count >= pruning->limit || hash_of(name) % pruning->parts != pruning->part ||
	    !is_expired(pruning, dir, name))
		return true;
	if (name[0] == 'c' || name[0] == 'o') {
		if (!prune_claim(pruning, dir, name, &gone, why))
			return false;
	} else if (!remove_file(dir, name, why)) {
		return false;
	}
	if (gone && (name[0] == 'c' || name[0] == 'd'))
		pruning->count++;
	return true;
}

/* ---- no more than may be ---- */

/* A committed entry; its file's time is when it was. */
typedef struct Aged {
	struct timespec changed;
	char name[ENTRY_NAME_BYTES];
} Aged;

typedef struct Ageing {
	Aged *items;
	size_t count, capacity;
	int64_t now;
} Ageing;

static bool count_name(void *count, int dir, const char *name, Failure *why)
{
	(void)dir;
	(void)name;
	(void)why;
	++*(size_t *)count;
	return true;
}

static bool note_age(void *self, int dir, const char *name, Failure *why)
{
	Ageing *ageing = self;
	struct stat status;

	(void)why;
	if (strlen(name) >= ENTRY_NAME_BYTES || fstatat(dir, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return true;
	MEMORY_GROW(ageing->items, ageing->count, ageing->capacity);
	ageing->items[ageing->count] = (Aged){ 0 };
	if (!is_to_come(status.st_mtime, ageing->now)) /* those go first */
		ageing->items[ageing->count].changed = status.st_mtim;
	snprintf(ageing->items[ageing->count++].name, ENTRY_NAME_BYTES, "%s", name);
	return true;
}

static int compare_age(const void *one, const void *other)
{
	const Aged *a = one, *b = other;

	if (a->changed.tv_sec != b->changed.tv_sec)
		return a->changed.tv_sec < b->changed.tv_sec ? -1 : 1;
	return strcmp(b->name, a->name);
}

/* Sheds the oldest of what is more than may be.  Names cost little to count; times are asked for when there
 * are too many. */
static void shed(int dir, int64_t now)
{
	Ageing ageing = { .now = now };
	size_t count = 0, kept = STATE_LIMIT_ENTRIES - STATE_LIMIT_SHED;
	Failure ignored;

	if (!each_file(dir, "d", count_name, &count, &ignored) || count <= STATE_LIMIT_ENTRIES)
		return;
	each_file(dir, "d", note_age, &ageing, &ignored);
	qsort(ageing.items, ageing.count, sizeof *ageing.items, compare_age);
	for (size_t i = 0; i + kept < ageing.count; i++)
		unlinkat(dir, ageing.items[i].name, 0);
	free(ageing.items);
}

/* One commit of many, and one that brings as many. */
static void shed_some(StateStore *store, const StateRecord *records, size_t count, int64_t now)
{
	bool looked[STATE_USES] = { false };
	unsigned char random;

	if (count < STATE_LIMIT_COUNT_EVERY &&
	    (getrandom(&random, 1, GRND_NONBLOCK) != 1 || random % STATE_LIMIT_COUNT_EVERY != 0))
		return;
	for (size_t i = 0; i < count; i++) {
		if (!looked[records[i].use])
			shed(store->dirs[records[i].use], now);
		looked[records[i].use] = true;
	}
}

/* ---- commits ---- */

static bool write_drafts(StateStore *store, const StateRecord *records, size_t count, EntryDraft *drafts,
			 Failure *why)
{
	for (size_t i = 0; i < count; i++) {
		EntryFile entry;
		int dir;

		if (!enter(store, records[i].use, true, &dir, why) ||
		    !make_entry(&records[i], "", &entry, why) ||
		    !entry_draft_write(&drafts[i], dir, &entry, true, why))
			return false;
	}
	return true;
}

static bool flush_directories(StateStore *store, const StateRecord *records, size_t count, Failure *why)
{
	bool flushed[STATE_USES] = { false };

	for (size_t i = 0; i < count; i++) {
		StateUse use = records[i].use;

		if (!flushed[use] && fsync(store->dirs[use]) < 0)
			return failure_errno(why, "flush '%s' in the state directory", state_use_name(use));
		flushed[use] = true;
	}
	return true;
}

/* Now and then, and of the files a part: a directory of thousands is looked through again and again, but
 * never all at once. */
static void prune_some(StateStore *store, const StateRecord *record, int64_t now)
{
	unsigned char random[2];
	Pruning pruning = {
		.store = store, .now = now, .limit = STATE_PRUNE_AT_COMMIT, .parts = PRUNE_EVERY
	};
	Failure ignored;

	if (getrandom(random, sizeof random, GRND_NONBLOCK) != sizeof random || random[0] % PRUNE_EVERY != 0)
		return;
	pruning.part = random[1] % PRUNE_EVERY;
	each_file(store->dirs[record->use], "dcot", prune_one, &pruning, &ignored);
}

static bool commit_drafts(StateStore *store, const StateRecord *records, size_t count, EntryDraft *drafts,
			  Failure *why)
{
	for (size_t i = 0; i < count; i++) {
		char name[ENTRY_NAME_BYTES];

		name_of(name, 'd', records[i].id);
		if (!entry_draft_rename(&drafts[i], name, why))
			return false;
	}
	return flush_directories(store, records, count, why);
}

/* All is written before the first is there: a full disk is no half a commit. */
static bool store_commit(StateStore *store, const StateRecord *records, size_t count, int64_t now,
			 Failure *why)
{
	EntryDraft *drafts = memory_zeroed(count, sizeof *drafts);
	bool done = write_drafts(store, records, count, drafts, why) &&
		    commit_drafts(store, records, count, drafts, why);

	for (size_t i = 0; i < count; i++)
		entry_draft_clear(&drafts[i]);
	free(drafts);
	for (size_t i = 0; done && i < count; i++) {
		Failure ignored;

		store_release(store, records[i].use, records[i].id, &ignored);
	}
	if (done) {
		prune_some(store, &records[0], now);
		shed_some(store, records, count, now);
	}
	return done;
}

/* ---- questions ---- */

static bool store_seen(StateStore *store, StateUse use, const char *id, int64_t now, bool *seen, Failure *why)
{
	int dir;

	if (!enter(store, use, false, &dir, why))
		return false;
	if (dir >= 0)
		return look(dir, id, now, seen, why);
	*seen = false;
	return true;
}

typedef struct Counting {
	StateStore *store;
	int64_t since, now;
	unsigned most, count;
} Counting;

static bool count_one(void *self, int dir, const char *name, Failure *why)
{
	Counting *counting = self;
	struct stat status;
	EntryFile claim;

	if (counting->count >= counting->most)
		return false; /* enough */
	if (name[0] == 'd') {
		if (fstatat(dir, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
			counting->count += status.st_mtime >= counting->since &&
					   !is_to_come(status.st_mtime, counting->now);
		return true;
	}
	switch (read_claim(dir, name, LITTER_S, &claim, why)) {
	case ENTRY_FAILED:
		return false;
	case ENTRY_THERE:
		counting->count += !is_over(counting->store, &claim, counting->now);
		return true;
	default:
		return true;
	}
}

static bool store_count(StateStore *store, StateUse use, int64_t since, int64_t now, unsigned most,
			unsigned *count, Failure *why)
{
	Counting counting = { .store = store, .since = since, .now = now, .most = most };
	int dir;

	if (!enter(store, use, false, &dir, why) ||
	    (dir >= 0 && !each_file(dir, "dc", count_one, &counting, why) && counting.count < most))
		return false;
	*count = counting.count;
	return true;
}

/* ---- what people do ---- */

typedef struct Listed {
	StateUse use;
	bool claimed;
	char *id, *about;
	int64_t changed, expires;
} Listed;

typedef struct Listing {
	StateUse use;
	Listed *items;
	size_t count, capacity;
} Listing;

/* A damaged file is shown, so that it can be forgotten. */
static bool list_one(void *self, int dir, const char *name, Failure *why)
{
	Listing *listing = self;
	EntryFile entry = { 0 };
	EntryFound found = entry_file_read(dir, name, &entry, why);

	if (found == ENTRY_ABSENT || (found == ENTRY_FAILED && why->error == ELOOP)) {
		*why = (Failure){ 0 }; /* a link is no entry */
		return true;
	}
	if (found == ENTRY_FAILED)
		return false;
	MEMORY_GROW(listing->items, listing->count, listing->capacity);
	listing->items[listing->count++] = (Listed){
		.use = listing->use,
		.claimed = name[0] == 'c',
		.id = memory_copy_string(name + 2),
		.about = memory_copy_string(found == ENTRY_BROKEN ? "(damaged)" : entry.about),
		.changed = entry.changed,
		.expires = entry.expires,
	};
	return true;
}

static int compare(const void *one, const void *other)
{
	const Listed *a = one, *b = other;

	if (a->changed != b->changed)
		return a->changed < b->changed ? -1 : 1;
	if (a->use != b->use)
		return a->use < b->use ? -1 : 1;
	return strcmp(a->id, b->id);
}

static bool read_all(StateStore *store, Listing *listing, Failure *why)
{
	for (int i = 0; i < STATE_USES; i++) {
		int dir;

		listing->use = (StateUse)i;
		if (!enter(store, listing->use, false, &dir, why) ||
		    (dir >= 0 && !each_file(dir, "dc", list_one, listing, why)))
			return false;
	}
	return true;
}

static bool store_list(StateStore *store, bool (*take_entry)(void *self, const StateEntry *entry), void *self,
		       Failure *why)
{
	Listing listing = { 0 };
	bool done = read_all(store, &listing, why), more = done;

	if (listing.count)
		qsort(listing.items, listing.count, sizeof *listing.items, compare);
	for (size_t i = 0; i < listing.count; i++) {
		const Listed *it = &listing.items[i];

		more = more && take_entry(self, &(StateEntry){ it->use, it->id, it->about, it->claimed,
							       it->changed, it->expires });
		free(it->id);
		free(it->about);
	}
	free(listing.items);
	return done;
}

static bool store_forget(StateStore *store, StateUse use, const char *id, bool *found, Failure *why)
{
	char name[ENTRY_NAME_BYTES];
	bool was_there = false;
	int dir;

	if (!enter(store, use, false, &dir, why))
		return false;
	for (const char *kind = "cd"; dir >= 0 && *kind; kind++) {
		name_of(name, *kind, id);
		if (unlinkat(dir, name, 0) == 0)
			was_there = true;
		else if (errno != ENOENT)
			return failure_errno(why, "remove '%s' in the state directory", name);
	}
	if (was_there && fsync(dir) < 0)
		return failure_errno(why, "flush '%s' in the state directory", state_use_name(use));
	*found = was_there;
	return true;
}

static bool store_prune(StateStore *store, int64_t now, unsigned *count, Failure *why)
{
	Pruning pruning = { .store = store, .now = now, .limit = UINT32_MAX, .parts = 1, .to_come = true };

	for (int i = 0; i < STATE_USES; i++) {
		int dir;

		if (!enter(store, (StateUse)i, false, &dir, why) ||
		    (dir >= 0 && !each_file(dir, "dcot", prune_one, &pruning, why)))
			return false;
	}
	*count = pruning.count;
	return true;
}

const StateEngine state_files_engine = {
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
