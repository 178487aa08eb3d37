/* Whatever stands in the files of a user's state, every question has an answer or a reason; what is said to
 * be claimed is claimed, what is said to be committed is seen, what is said to be forgotten is not; and what
 * is listed is one line each (state/state.h, the engine "files").
 *
 * The input chooses files that others have left, then what is asked. */
#include "fuzz_files.h"

#include "base/ascii.h"
#include "state/engine.h"
#include "state/holder.h"

enum {
	FILES_MAX = 6,
	ASKED_MAX = 8,
	LEASE_S = 600
};

static const int64_t now = 1794816000;
static const char *const ids[] = { "one", "two", "three" };

enum {
	IDS = sizeof ids / sizeof *ids
};

/* An entry as it may be written, with members that any others may have. */
static void choose_entry(FuzzChoices *choices, const char *holder, Text *file)
{
	static const int64_t times[] = { 0,          1,          1794815999, 1794816001,
					 1794900000, 1894816000, INT64_MAX,  INT64_MIN };
	const size_t count = sizeof times / sizeof *times;

	text_printf(file, "trommel state 1\n%lld\n%lld\n", (long long)times[fuzz_choose(choices, count)],
		    (long long)times[fuzz_choose(choices, count)]);
	text_append_slice(file, fuzz_choose(choices, 2) ? fuzz_bytes(choices, 40) : SLICE("0123abcd"));
	text_append_char(file, '\n');
	if (fuzz_choose(choices, 2))
		text_append_string(file, fuzz_choose(choices, 2) ? holder : "");
	else
		text_append_slice(file, fuzz_bytes(choices, 40));
	text_append_char(file, '\n');
	text_append_slice(file, fuzz_bytes(choices, 20));
	text_append_string(file, "\nend\n");
}

static void choose_files(FuzzChoices *choices, int directory, const char *holder)
{
	for (size_t left = fuzz_choose(choices, FILES_MAX); left; left--) {
		AUTO_VALUE(Text) file = { 0 };
		char name[20];

		snprintf(name, sizeof name, "%c-%s", "dcot"[fuzz_choose(choices, 4)],
			 ids[fuzz_choose(choices, IDS)]);
		if (fuzz_choose(choices, 2))
			text_append_slice(&file, fuzz_bytes(choices, 80));
		else
			choose_entry(choices, holder, &file);
		fuzz_write(directory, name, text_slice(&file));
	}
}

typedef struct Asking {
	StateStore *store;
	const char *id;
} Asking;

static const StateEngine *const engine = &state_files_engine;

static bool is_seen(const Asking *asking, bool *seen)
{
	Failure why = { 0 };
	bool answered = engine->seen(asking->store, STATE_DUPLICATE, asking->id, now, seen, &why);

	LAW(answered || *why.text);
	return answered;
}

static void claim(const Asking *asking)
{
	const StateRecord record = { STATE_DUPLICATE, asking->id, "asked", now, now + LEASE_S };
	StateClaim answer;
	Failure why = { 0 };
	bool seen = false;

	if (!engine->claim(asking->store, &record, now, &answer, &why)) {
		LAW(*why.text);
		return;
	}
	LAW(is_seen(asking, &seen) && seen == (answer == STATE_SEEN));
	if (answer != STATE_CLAIMED)
		return;
	LAW(engine->claim(asking->store, &record, now, &answer, &why) && answer == STATE_CLAIMED, "%s",
	    why.text);
}

static void commit(const Asking *asking)
{
	const StateRecord record = { STATE_DUPLICATE, asking->id, "done", now, now + LEASE_S };
	Failure why = { 0 };
	bool seen = false;

	LAW(engine->commit(asking->store, &record, 1, now, &why), "%s", why.text);
	LAW(is_seen(asking, &seen) && seen);
	LAW(engine->seen(asking->store, STATE_DUPLICATE, asking->id, now + LEASE_S, &seen, &why) && !seen);
}

static void forget(const Asking *asking)
{
	Failure why = { 0 };
	bool found, seen = true;

	LAW(engine->forget(asking->store, STATE_DUPLICATE, asking->id, &found, &why), "%s", why.text);
	LAW(is_seen(asking, &seen) && !seen);
	LAW(engine->forget(asking->store, STATE_DUPLICATE, asking->id, &found, &why) && !found);
}

static bool see_entry(void *self, const StateEntry *entry)
{
	size_t *left = self;

	LAW(*entry->id && (*left)--);
	LAW(!strchr(entry->about, '\n') && !strchr(entry->id, '\n'));
	return true;
}

static void look_at_all(const Asking *asking)
{
	size_t left = (size_t)2 * IDS;
	unsigned count;
	Failure why = { 0 };

	LAW(engine->list(asking->store, see_entry, &left, &why), "%s", why.text);
	if (engine->count(asking->store, STATE_DUPLICATE, now - 100, now, 100, &count, &why))
		LAW(count <= 2 * IDS);
	if (engine->prune(asking->store, now, &count, &why))
		LAW(count <= 2 * IDS);
}

static void ask(FuzzChoices *choices, StateStore *store)
{
	const Asking asking = { store, ids[fuzz_choose(choices, IDS)] };

	switch (fuzz_choose(choices, 5)) {
	case 0:
		claim(&asking);
		break;
	case 1:
		commit(&asking);
		break;
	case 2:
		forget(&asking);
		break;
	case 3:
		look_at_all(&asking);
		break;
	default:
		engine->release(store, STATE_DUPLICATE, asking.id, &(Failure){ 0 });
	}
}

static void fuzz(Slice input)
{
	FuzzChoices choices = { input };
	auto_fd int place = fuzz_directory();
	LAW(mkdirat(place, "duplicate", 0700) == 0);
	auto_fd int directory = openat(place, "duplicate", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char holder[STATE_HOLDER_BYTES];
	Failure why = { 0 };

	state_holder_name("host", holder);
	StatePlace where = { fuzz_place(), place, geteuid(), holder, 1 };
	choose_files(&choices, directory, holder);
	StateStore *store = engine->open(&where, true, &why);
	LAW(store != NULL, "%s", why.text);
	for (size_t left = fuzz_choose(&choices, ASKED_MAX); left; left--)
		ask(&choices, store);
	engine->close(store);
}
