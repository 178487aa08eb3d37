#include "state/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "base/printable.h"
#include "state/directory.h"
#include "state/engine.h"
#include "state/holder.h"
#include "system/module.h"

typedef struct HeldClaim {
	StateUse use;
	char *id;
} HeldClaim;

struct State {
	char *path, *engine_name;
	unsigned lease_s;
	StatePlace place; /* its fd is -1 while there is no directory */
	char holder[STATE_HOLDER_BYTES];
	const StateEngine *engine; /* NULL likewise */
	StateStore *store;         /* NULL: nothing was kept yet */
	HeldClaim *claims;
	size_t claim_count, claim_capacity;
};

/* Names as they are stored; the order is that of StateUse. */
static const char *const use_names[STATE_USES] = { "duplicate", "vacation", "redirect", "notice" };

const char *state_use_name(StateUse use)
{
	return use_names[use];
}

bool state_use_of(const char *name, StateUse *use)
{
	for (int i = 0; i < STATE_USES; i++)
		if (strcmp(name, use_names[i]) == 0) {
			*use = (StateUse)i;
			return true;
		}
	return false;
}

/* ---- opening ---- */

static bool choose_engine(State *state, Failure *why)
{
	bool wants_files = strcmp(state->engine_name, "files") == 0;

	if (strcmp(state->engine_name, "auto") == 0) {
		if (!state_directory_is_shared(state->place.fd, &wants_files, why))
			return false;
	} else if (!wants_files && strcmp(state->engine_name, "sqlite") != 0) {
		return failure_retry(why, "there is no state engine '%s': auto, sqlite and files are known",
				     state->engine_name);
	}
	state->engine = wants_files ? &state_files_engine
				    : module_open(STATE_SQLITE_MODULE, STATE_SQLITE_SYMBOL, why);
	if (!state->engine)
		return false;
	if (state->engine->version == STATE_ENGINE_VERSION)
		return true;
	state->engine = NULL;
	return failure_retry(why, "the module '%s' is of another version of trommel: install both anew",
			     STATE_SQLITE_MODULE);
}

/* Opens what there is, or with `make` all of it.  True without a store: nothing was kept yet. */
static bool open_store(State *state, bool make, Failure *why)
{
	Failure wrong = { 0 };

	if (state->store)
		return true;
	if (state->place.fd < 0 &&
	    !state_directory_open(state->path, state->place.owner, make, &state->place.fd, why))
		return false;
	if (state->place.fd < 0)
		return true;
	if (!state->engine && !choose_engine(state, why))
		return false;
	state->store = state->engine->open(&state->place, make, &wrong);
	if (wrong.kind == FAILURE_NONE)
		return true;
	*why = wrong;
	return false;
}

State *state_open(const StateSettings *settings, Failure *why)
{
	AUTO(State) state = memory_zeroed(1, sizeof *state);

	state->path = memory_copy_string(settings->directory);
	state->engine_name = memory_copy_string(settings->engine);
	state->lease_s = settings->lease_s;
	state_holder_name(settings->host, state->holder);
	state->place = (StatePlace){
		.path = state->path,
		.fd = -1,
		.owner = settings->owner,
		.holder = state->holder,
		.wait_s = settings->wait_s,
	};
	return open_store(state, false, why) ? TAKE(state) : NULL;
}

static void forget_claim(State *state, StateUse use, const char *id)
{
	for (size_t i = 0; i < state->claim_count; i++)
		if (state->claims[i].use == use && strcmp(state->claims[i].id, id) == 0) {
			free(state->claims[i].id);
			state->claims[i] = state->claims[--state->claim_count];
			return;
		}
}

static void remember_claim(State *state, StateUse use, const char *id)
{
	forget_claim(state, use, id);
	MEMORY_GROW(state->claims, state->claim_count, state->claim_capacity);
	state->claims[state->claim_count++] = (HeldClaim){ use, memory_copy_string(id) };
}

/* What cannot be released now ends with this process. */
static void release_all(State *state)
{
	for (size_t i = 0; i < state->claim_count; i++) {
		Failure ignored;

		state->engine->release(state->store, state->claims[i].use, state->claims[i].id, &ignored);
		free(state->claims[i].id);
	}
	free(state->claims);
}

void state_close(State *state)
{
	int error = errno;

	if (!state)
		return;
	release_all(state);
	if (state->store)
		state->engine->close(state->store);
	cleanup_fd(&state->place.fd);
	free(state->path);
	free(state->engine_name);
	free(state);
	errno = error;
}

/* ---- keys ---- */

static bool is_id(const char *id)
{
	size_t length = strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.@+");

	return length > 0 && length <= STATE_ID_BYTES && !id[length];
}

static bool check_id(const char *id, Failure *why)
{
	AUTO_VALUE(Text) shown = { 0 };

	if (is_id(id))
		return true;
	printable_append(&shown, slice_of(id), 80);
	return failure_retry(why,
			     "'%s' is no id of an entry: these are 1 to %d letters, digits and \"-_.@+\"",
			     text_string(&shown), STATE_ID_BYTES);
}

/* `from_s` and `more_s` later, without running over. */
static int64_t later(int64_t from_s, uint64_t more_s)
{
	return more_s > (uint64_t)(INT64_MAX - (from_s > 0 ? from_s : 0)) ? INT64_MAX
									  : from_s + (int64_t)more_s;
}

/* The entry for `key`; `about` holds its text. */
static StateRecord record_of(const StateKey *key, int64_t now, uint64_t keep_s, Text *about)
{
	if (key->about)
		printable_append(about, slice_of(key->about), STATE_ABOUT_BYTES);
	return (StateRecord){
		.use = key->use,
		.id = key->id,
		.about = text_string(about),
		.changed = now,
		.expires = later(now, keep_s ? keep_s : 1),
	};
}

/* ---- what deliveries do ---- */

bool state_claim(State *state, const StateKey *key, int64_t now, StateClaim *claim, Failure *why)
{
	AUTO_VALUE(Text) about = { 0 };
	StateRecord record = record_of(key, now, state->lease_s, &about);
	StateClaim result;

	if (!check_id(key->id, why) || !open_store(state, true, why) ||
	    !state->engine->claim(state->store, &record, now, &result, why))
		return false;
	if (result == STATE_CLAIMED)
		remember_claim(state, key->use, key->id);
	/* What cannot be committed must not be done: a claim takes less room, and may have found it. */
	if (result == STATE_CLAIMED && !state_directory_has_room(state->place.fd, state->path, why)) {
		Failure ignored = { 0 };

		state_release(state, key, &ignored);
		return false;
	}
	*claim = result;
	return true;
}

static void free_records(const StateRecord *records, Text *abouts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		text_clear(&abouts[i]);
	free(abouts);
	free((void *)(size_t)records);
}

bool state_commit(State *state, const StateCommit *commits, size_t count, int64_t now, Failure *why)
{
	StateRecord *records;
	Text *abouts;
	bool done;

	for (size_t i = 0; i < count; i++)
		if (!check_id(commits[i].key.id, why))
			return false;
	if (count == 0)
		return true;
	if (!open_store(state, true, why))
		return false;
	records = memory_zeroed(count, sizeof *records);
	abouts = memory_zeroed(count, sizeof *abouts);
	for (size_t i = 0; i < count; i++)
		records[i] = record_of(&commits[i].key, now, commits[i].keep_s, &abouts[i]);
	done = state->engine->commit(state->store, records, count, now, why);
	free_records(records, abouts, count);
	for (size_t i = 0; done && i < count; i++)
		forget_claim(state, commits[i].key.use, commits[i].key.id);
	return done;
}

bool state_release(State *state, const StateKey *key, Failure *why)
{
	if (!check_id(key->id, why))
		return false;
	if (state->store && !state->engine->release(state->store, key->use, key->id, why))
		return false;
	forget_claim(state, key->use, key->id);
	return true;
}

bool state_seen(State *state, const StateKey *key, int64_t now, bool *seen, Failure *why)
{
	if (!check_id(key->id, why) || !open_store(state, false, why))
		return false;
	if (state->store)
		return state->engine->seen(state->store, key->use, key->id, now, seen, why);
	*seen = false;
	return true;
}

bool state_count(State *state, StateUse use, int64_t since, int64_t now, unsigned most, unsigned *count,
		 Failure *why)
{
	if (!open_store(state, false, why))
		return false;
	if (state->store)
		return state->engine->count(state->store, use, since, now, most, count, why);
	*count = 0;
	return true;
}

/* ---- what people do ---- */

typedef struct Telling {
	bool (*take)(void *self, const StateEntry *entry);
	void *self;
} Telling;

/* What has no id that could be ours was put there by somebody else, and may be anything. */
static bool tell_of_ours(void *self, const StateEntry *entry)
{
	const Telling *telling = self;

	return !is_id(entry->id) || telling->take(telling->self, entry);
}

bool state_list(State *state, bool (*take)(void *self, const StateEntry *entry), void *self, Failure *why)
{
	Telling telling = { take, self };

	return open_store(state, false, why) &&
	       (!state->store || state->engine->list(state->store, tell_of_ours, &telling, why));
}

bool state_forget(State *state, const StateKey *key, bool *found, Failure *why)
{
	if (!check_id(key->id, why) || !open_store(state, false, why))
		return false;
	if (!state->store) {
		*found = false;
		return true;
	}
	if (!state->engine->forget(state->store, key->use, key->id, found, why))
		return false;
	forget_claim(state, key->use, key->id);
	return true;
}

bool state_prune(State *state, int64_t now, unsigned *count, Failure *why)
{
	if (!open_store(state, false, why))
		return false;
	if (state->store)
		return state->engine->prune(state->store, now, count, why);
	*count = 0;
	return true;
}
