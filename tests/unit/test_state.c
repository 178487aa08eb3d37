/* What is remembered between messages: the same stories about both engines. */
#include "state/state.h"

#include <check.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/text.h"
#include "state/limits.h"

enum {
	NOW = 1700000000,
	LEASE = 600,
	DAY = 86400,
	AGES = 10 * 365 * DAY,
};

static const char *const engines[] = { "sqlite", "files" };
enum {
	ENGINES = sizeof engines / sizeof *engines
};

static char scratch[256], directory[300];

static void make_scratch(void)
{
	const char *base = getenv("TMPDIR");

	snprintf(scratch, sizeof scratch, "%s/state.XXXXXX", base ? base : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(scratch));
	snprintf(directory, sizeof directory, "%s/a/b", scratch);
}

/* Runs a command line in which "$1" is `argument`. */
static void shell(const char *command, const char *argument)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execl("/bin/sh", "sh", "-ec", command, "sh", argument, NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "%s", command);
}

static void remove_scratch(void)
{
	shell("rm -rf \"$1\"", scratch);
}

static StateSettings settings_of(const char *engine)
{
	return (StateSettings){ .directory = directory,
				.owner = geteuid(),
				.host = "here",
				.engine = engine,
				.lease_s = LEASE,
				.wait_s = 20 };
}

static State *open_on(const char *engine, const char *host)
{
	StateSettings settings = settings_of(engine);
	Failure why = { 0 };
	State *state;

	settings.host = host;
	state = state_open(&settings, &why);
	ck_assert_msg(state, "%s", why.text);
	return state;
}

static State *open_state(int engine)
{
	return open_on(engines[engine], "here");
}

static StateClaim claim(State *state, const char *id, int64_t now)
{
	StateKey key = { STATE_DUPLICATE, id, "about it" };
	StateClaim answer;
	Failure why = { 0 };

	ck_assert_msg(state_claim(state, &key, now, &answer, &why), "%s", why.text);
	return answer;
}

static void commit_for(State *state, StateUse use, const char *id, uint64_t keep_s, int64_t now)
{
	StateCommit commit = { { use, id, "told of" }, keep_s };
	Failure why = { 0 };

	ck_assert_msg(state_commit(state, &commit, 1, now, &why), "%s", why.text);
}

static void commit(State *state, const char *id, uint64_t keep_s, int64_t now)
{
	commit_for(state, STATE_DUPLICATE, id, keep_s, now);
}

static void release(State *state, const char *id)
{
	Failure why = { 0 };

	ck_assert_msg(state_release(state, &(StateKey){ STATE_DUPLICATE, id, NULL }, &why), "%s", why.text);
}

static bool seen(State *state, const char *id, int64_t now)
{
	bool answer;
	Failure why = { 0 };

	ck_assert_msg(state_seen(state, &(StateKey){ STATE_DUPLICATE, id, NULL }, now, &answer, &why), "%s",
		      why.text);
	return answer;
}

static unsigned count(State *state, StateUse use, int64_t since, int64_t now)
{
	unsigned answer;
	Failure why = { 0 };

	ck_assert_msg(state_count(state, use, since, now, UINT_MAX, &answer, &why), "%s", why.text);
	return answer;
}

static unsigned prune(State *state, int64_t now)
{
	unsigned answer;
	Failure why = { 0 };

	ck_assert_msg(state_prune(state, now, &answer, &why), "%s", why.text);
	return answer;
}

static bool append_entry(void *self, const StateEntry *entry)
{
	text_printf(self, "%s %s %s %s %lld %lld\n", state_use_name(entry->use), entry->id,
		    entry->claimed ? "claimed" : "committed", entry->about, (long long)entry->changed - NOW,
		    (long long)entry->expires - NOW);
	return true;
}

static char *list(State *state)
{
	Text text = { 0 };
	Failure why = { 0 };

	ck_assert_msg(state_list(state, append_entry, &text, &why), "%s", why.text);
	return text_take(&text);
}

/* Runs `body` in a process of its own and gives its exit status, or 256 and the signal that ended it. */
static int in_child(int (*body)(int engine, const char *id), int engine, const char *id)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(body(engine, id));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

/* ---- one process ---- */

START_TEST(a_state_that_was_never_written_is_empty_and_makes_nothing)
{
	AUTO(State) state = open_state(_i);
	auto_free char *listed = list(state);

	ck_assert(!seen(state, "one", NOW));
	ck_assert_uint_eq(count(state, STATE_DUPLICATE, 0, NOW), 0);
	ck_assert_uint_eq(prune(state, NOW), 0);
	ck_assert_str_eq(listed, "");
	ck_assert_int_eq(access(directory, F_OK), -1);
}
END_TEST

START_TEST(what_was_committed_is_seen_until_it_expires)
{
	AUTO(State) state = open_state(_i);

	ck_assert_int_eq(claim(state, "one", NOW), STATE_CLAIMED);
	ck_assert(!seen(state, "one", NOW));
	commit(state, "one", DAY, NOW);
	ck_assert(seen(state, "one", NOW + DAY - 1));
	ck_assert_int_eq(claim(state, "one", NOW + DAY - 1), STATE_SEEN);
	ck_assert(!seen(state, "one", NOW + DAY));
	ck_assert_int_eq(claim(state, "one", NOW + DAY), STATE_CLAIMED);
	ck_assert_int_eq(claim(state, "two", NOW), STATE_CLAIMED);
}
END_TEST

START_TEST(a_commit_needs_no_claim_and_renews_the_time)
{
	AUTO(State) state = open_state(_i);

	commit(state, "one", 10, NOW);
	commit(state, "one", DAY, NOW + 5);
	ck_assert(seen(state, "one", NOW + DAY));
}
END_TEST

START_TEST(each_use_has_ids_of_its_own)
{
	AUTO(State) state = open_state(_i);

	commit_for(state, STATE_VACATION, "one", DAY, NOW);
	ck_assert(!seen(state, "one", NOW));
}
END_TEST

START_TEST(a_commit_outlives_the_process_and_a_claim_does_not)
{
	State *state = open_state(_i);

	claim(state, "committed", NOW);
	claim(state, "claimed", NOW);
	commit(state, "committed", DAY, NOW);
	state_close(state);
	state = open_state(_i);
	ck_assert(seen(state, "committed", NOW));
	ck_assert(!seen(state, "claimed", NOW));
	ck_assert_uint_eq(count(state, STATE_DUPLICATE, 0, NOW), 1);
	state_close(state);
}
END_TEST

START_TEST(to_claim_what_one_holds_is_fine_and_released_it_is_free)
{
	AUTO(State) state = open_state(_i);

	ck_assert_int_eq(claim(state, "one", NOW), STATE_CLAIMED);
	ck_assert_int_eq(claim(state, "one", NOW), STATE_CLAIMED);
	ck_assert_uint_eq(count(state, STATE_DUPLICATE, 0, NOW), 1);
	release(state, "one");
	release(state, "not-claimed");
	ck_assert_uint_eq(count(state, STATE_DUPLICATE, 0, NOW), 0);
}
END_TEST

START_TEST(a_release_leaves_what_was_committed)
{
	AUTO(State) state = open_state(_i);

	commit(state, "one", DAY, NOW);
	release(state, "one");
	ck_assert(seen(state, "one", NOW));
}
END_TEST

START_TEST(several_are_committed_together)
{
	AUTO(State) state = open_state(_i);
	const StateCommit commits[] = { { { STATE_DUPLICATE, "one", NULL }, DAY },
					{ { STATE_VACATION, "two", "answered jo@example.org" }, DAY },
					{ { STATE_DUPLICATE, "three", NULL }, UINT64_MAX } };
	Failure why = { 0 };

	ck_assert(state_commit(state, commits, 3, NOW, &why));
	ck_assert(state_commit(state, commits, 0, NOW, &why));
	ck_assert(seen(state, "one", NOW) && seen(state, "three", INT64_MAX - 1));
	ck_assert_uint_eq(count(state, STATE_VACATION, NOW, NOW), 1);
}
END_TEST

START_TEST(what_was_committed_in_a_window_is_counted)
{
	AUTO(State) state = open_state(_i);

	commit_for(state, STATE_REDIRECT, "a", DAY, NOW);
	commit_for(state, STATE_REDIRECT, "b", DAY, NOW + 10);
	commit_for(state, STATE_REDIRECT, "c", DAY, NOW + 20);
	commit_for(state, STATE_NOTICE, "d", DAY, NOW + 20);
	ck_assert_uint_eq(count(state, STATE_REDIRECT, NOW, NOW + 30), 3);
	ck_assert_uint_eq(count(state, STATE_REDIRECT, NOW + 10, NOW + 30), 2);
	ck_assert_uint_eq(count(state, STATE_REDIRECT, NOW + 11, NOW + 30), 1);
	ck_assert_uint_eq(count(state, STATE_REDIRECT, NOW + 21, NOW + 30), 0);
}
END_TEST

static void id_of(char id[32], unsigned number)
{
	snprintf(id, 32, "%08x%08x", number * 2654435761U, number * 40503U);
}

START_TEST(counting_ends_with_as_many_as_were_asked_for)
{
	AUTO(State) state = open_state(_i);
	Failure why = { 0 };
	unsigned answer;
	char id[32];

	for (unsigned i = 0; i < 20; i++) {
		id_of(id, i);
		commit(state, id, DAY, NOW);
	}
	for (unsigned most = 0; most <= 25; most += 5) {
		ck_assert_msg(state_count(state, STATE_DUPLICATE, NOW, NOW, most, &answer, &why), "%s",
			      why.text);
		ck_assert_uint_eq(answer, most < 20 ? most : 20);
	}
}
END_TEST

/* Fills a use to its limit, each entry a second later than the one before.  One in a file is written by hand:
 * to commit ten thousand means to flush as often. */
static void write_entries(unsigned count)
{
	char path[400], id[32];

	for (unsigned i = 0; i < count; i++) {
		const struct timespec times[2] = { { .tv_sec = NOW + 3 * DAY }, { .tv_sec = NOW + i } };
		FILE *file;

		id_of(id, i);
		snprintf(path, sizeof path, "%s/duplicate/d-%s", directory, id);
		file = fopen(path, "w");
		ck_assert_ptr_nonnull(file);
		fprintf(file, "trommel state 1\n%u\n%u\ntoken%u\n\n\nend\n", NOW + i, NOW + 3 * DAY, i);
		ck_assert_int_eq(fflush(file), 0);
		ck_assert_int_eq(futimens(fileno(file), times), 0);
		fclose(file);
	}
}

/* The same in the database, in steps that are too small to be looked at for each. */
static void insert_entries(State *state, unsigned count)
{
	enum {
		STEP = STATE_LIMIT_COUNT_EVERY - 1
	};
	char ids[STEP][32];
	StateCommit commits[STEP];
	Failure why = { 0 };

	for (unsigned i = 0; i < count; i++) {
		unsigned place = i % STEP;

		id_of(ids[place], i);
		commits[place] = (StateCommit){ { STATE_DUPLICATE, ids[place], NULL }, 3 * DAY };
		if (place == STEP - 1 || i == count - 1)
			ck_assert_msg(state_commit(state, commits, place + 1, NOW + i, &why), "%s", why.text);
	}
}

static bool holds(State *state, StateUse use, unsigned number)
{
	bool answer;
	Failure why = { 0 };
	char id[32];

	id_of(id, number);
	ck_assert_msg(state_seen(state, &(StateKey){ use, id, NULL }, NOW + 1, &answer, &why), "%s",
		      why.text);
	return answer;
}

START_TEST(beyond_the_limit_the_oldest_go)
{
	AUTO(State) state = open_state(_i);
	const unsigned limit = STATE_LIMIT_ENTRIES, kept = limit - STATE_LIMIT_SHED;
	unsigned more = 0, oldest;
	char id[32];

	commit_for(state, STATE_VACATION, "other", 3 * DAY, NOW);
	commit(state, "older", 3 * DAY, NOW - 1);
	if (strcmp(engines[_i], "files") == 0)
		write_entries(limit - 1);
	else
		insert_entries(state, limit - 1);
	ck_assert_int_eq(claim(state, "claimed", NOW + limit), STATE_CLAIMED);
	ck_assert_uint_eq(count(state, STATE_DUPLICATE, 0, NOW), limit + 1);
	/* One at a time: sooner or later one of them looks. */
	do {
		ck_assert_uint_lt(more, 3000);
		id_of(id, limit + more);
		commit(state, id, 3 * DAY, NOW + limit + more++);
	} while (count(state, STATE_DUPLICATE, 0, NOW) > limit);
	ck_assert_uint_eq(count(state, STATE_DUPLICATE, 0, NOW), kept + 1);
	ck_assert(!seen(state, "older", NOW));
	oldest = more + STATE_LIMIT_SHED - 1; /* some have the same time */
	ck_assert(!holds(state, STATE_DUPLICATE, oldest - 64));
	ck_assert(holds(state, STATE_DUPLICATE, oldest + 64));
	ck_assert(holds(state, STATE_DUPLICATE, limit + more - 1));
	ck_assert_uint_eq(count(state, STATE_VACATION, 0, NOW), 1);
	commit_for(state, STATE_VACATION, "another", 3 * DAY, NOW);
	ck_assert_uint_eq(count(state, STATE_VACATION, 0, NOW), 2);
}
END_TEST

START_TEST(the_list_begins_with_the_oldest)
{
	AUTO(State) state = open_state(_i);
	auto_free char *listed = NULL;

	commit(state, "young", DAY, NOW + 20);
	claim(state, "held", NOW + 10);
	commit_for(state, STATE_VACATION, "old", 2 * DAY, NOW);
	listed = list(state);
	ck_assert_str_eq(listed, "vacation old committed told of 0 172800\n"
				 "duplicate held claimed about it 10 610\n"
				 "duplicate young committed told of 20 86420\n");
}
END_TEST

static bool take_none(void *self, const StateEntry *entry)
{
	(void)entry;
	++*(int *)self;
	return false;
}

START_TEST(a_list_may_be_ended_early)
{
	AUTO(State) state = open_state(_i);
	int calls = 0;
	Failure why = { 0 };

	commit(state, "one", DAY, NOW);
	commit(state, "two", DAY, NOW);
	ck_assert(state_list(state, take_none, &calls, &why));
	ck_assert_int_eq(calls, 1);
}
END_TEST

START_TEST(what_is_told_is_one_line_and_not_endless)
{
	AUTO(State) state = open_state(_i);
	char about[2000];
	StateCommit it = { { STATE_NOTICE, "one", about }, DAY };
	Failure why = { 0 };
	auto_free char *listed = NULL;

	memset(about, 'x', sizeof about - 1);
	about[sizeof about - 1] = '\0';
	memcpy(about, "two\nlines\33[31m\xff", 15);
	ck_assert(state_commit(state, &it, 1, NOW, &why));
	listed = list(state);
	ck_assert_uint_lt(strlen(listed), STATE_ABOUT_BYTES + 60);
	ck_assert_ptr_nonnull(strstr(listed, "two?lines?[31m?xxx"));
}
END_TEST

START_TEST(an_entry_is_forgotten)
{
	AUTO(State) state = open_state(_i);
	Failure why = { 0 };
	bool found;

	commit(state, "one", DAY, NOW);
	ck_assert(state_forget(state, &(StateKey){ STATE_DUPLICATE, "one", NULL }, &found, &why));
	ck_assert(found && !seen(state, "one", NOW));
	ck_assert(state_forget(state, &(StateKey){ STATE_DUPLICATE, "one", NULL }, &found, &why));
	ck_assert(!found);
	claim(state, "two", NOW);
	ck_assert(state_forget(state, &(StateKey){ STATE_DUPLICATE, "two", NULL }, &found, &why));
	ck_assert(found);
}
END_TEST

START_TEST(what_has_expired_is_pruned)
{
	AUTO(State) state = open_state(_i);
	auto_free char *listed = NULL;

	commit(state, "old", 10, NOW);
	commit_for(state, STATE_NOTICE, "old", 10, NOW);
	commit(state, "new", DAY, NOW);
	claim(state, "held", NOW);
	ck_assert_uint_eq(prune(state, NOW + 20), 2);
	ck_assert_uint_eq(prune(state, NOW + 20), 0);
	listed = list(state);
	ck_assert_ptr_null(strstr(listed, " old "));
	ck_assert_ptr_nonnull(strstr(listed, "held"));
}
END_TEST

/* Ids as they are: digests, so that neighbours differ. */
START_TEST(commits_keep_what_has_expired_at_bay)
{
	AUTO(State) state = open_state(_i);
	unsigned held = 0;
	auto_free char *listed = NULL;
	char id[32];

	for (unsigned i = 0; i < 600; i++) {
		id_of(id, i);
		commit(state, id, 10, NOW + i);
	}
	listed = list(state);
	for (const char *at = listed; (at = strchr(at, '\n')); at++)
		held++;
	ck_assert_uint_lt(held, 400);
	ck_assert_uint_ge(held, 10);
}
END_TEST

static const char *const bad_ids[] = { "", "a/b", "a b", "../x", "\xc3\xa4", "a\n", "x'y", NULL };

START_TEST(ids_that_are_none_are_refused)
{
	AUTO(State) state = open_state(_i);
	char long_id[STATE_ID_BYTES + 2];
	StateClaim answer;
	bool found;

	for (size_t i = 0; bad_ids[i]; i++) {
		StateCommit it = { { STATE_DUPLICATE, bad_ids[i], NULL }, 1 };
		Failure why = { 0 };

		ck_assert(!state_claim(state, &it.key, NOW, &answer, &why));
		ck_assert_int_eq(why.kind, FAILURE_RETRY);
		ck_assert_ptr_nonnull(strstr(why.text, "is no id of an entry"));
		ck_assert(!state_commit(state, &it, 1, NOW, &why));
		ck_assert(!state_release(state, &it.key, &why));
		ck_assert(!state_seen(state, &it.key, NOW, &found, &why));
		ck_assert(!state_forget(state, &it.key, &found, &why));
	}
	memset(long_id, 'x', sizeof long_id);
	long_id[STATE_ID_BYTES + 1] = '\0';
	ck_assert(!state_claim(state, &(StateKey){ STATE_DUPLICATE, long_id, NULL }, NOW, &answer,
			       &(Failure){ 0 }));
	long_id[STATE_ID_BYTES] = '\0';
	ck_assert_int_eq(claim(state, long_id, NOW), STATE_CLAIMED);
	ck_assert_int_eq(claim(state, "..", NOW), STATE_CLAIMED);
	ck_assert_int_eq(claim(state, "+_-.@", NOW), STATE_CLAIMED);
}
END_TEST

START_TEST(names_of_uses_lead_there_and_back)
{
	StateUse use;

	for (int i = 0; i < STATE_USES; i++) {
		ck_assert(state_use_of(state_use_name((StateUse)i), &use));
		ck_assert_int_eq(use, i);
	}
	ck_assert(!state_use_of("nothing", &use));
}
END_TEST

/* ---- several processes ---- */

static int claim_and_leave(int engine, const char *id)
{
	State *state = open_state(engine);

	return claim(state, id, NOW) == STATE_CLAIMED ? 0 : 1;
}

static int claim_and_die(int engine, const char *id)
{
	claim_and_leave(engine, id);
	return kill(getpid(), SIGKILL);
}

START_TEST(a_claim_of_a_process_that_is_gone_is_free)
{
	AUTO(State) state = NULL;

	ck_assert_int_eq(in_child(claim_and_leave, _i, "left"), 0);
	ck_assert_int_eq(in_child(claim_and_die, _i, "killed"), 256 + SIGKILL);
	state = open_state(_i);
	ck_assert_uint_eq(count(state, STATE_DUPLICATE, 0, NOW), 0);
	ck_assert_int_eq(claim(state, "left", NOW), STATE_CLAIMED);
	ck_assert_int_eq(claim(state, "killed", NOW), STATE_CLAIMED);
	ck_assert_uint_eq(count(state, STATE_DUPLICATE, 0, NOW), 2);
}
END_TEST

START_TEST(the_claims_of_the_dead_are_pruned)
{
	AUTO(State) state = NULL;

	ck_assert_int_eq(in_child(claim_and_die, _i, "one"), 256 + SIGKILL);
	ck_assert_int_eq(in_child(claim_and_die, _i, "two"), 256 + SIGKILL);
	state = open_state(_i);
	claim(state, "mine", NOW);
	ck_assert_uint_eq(prune(state, NOW), 2);
	ck_assert_uint_eq(count(state, STATE_DUPLICATE, 0, NOW), 1);
}
END_TEST

static int try_while_held(int engine, const char *id)
{
	AUTO(State) state = open_state(engine);

	if (count(state, STATE_DUPLICATE, 0, NOW) != 1)
		return 100;
	if (claim(state, id, NOW + LEASE - 1) != STATE_BUSY)
		return 101;
	release(state, id); /* not his */
	if (claim(state, id, NOW) != STATE_BUSY)
		return 102;
	return claim(state, id, NOW + LEASE) == STATE_CLAIMED ? 0 : 103;
}

START_TEST(a_claim_of_a_living_process_is_busy_until_its_lease_is_over)
{
	AUTO(State) state = open_state(_i);

	ck_assert_int_eq(claim(state, "one", NOW), STATE_CLAIMED);
	ck_assert_int_eq(in_child(try_while_held, _i, "one"), 0);
}
END_TEST

static int claim_elsewhere(int engine, const char *id)
{
	State *state = open_on(engines[engine], "elsewhere");

	return claim(state, id, NOW) == STATE_CLAIMED ? 0 : 1;
}

START_TEST(a_claim_of_another_host_holds_for_its_lease)
{
	AUTO(State) state = NULL;

	ck_assert_int_eq(in_child(claim_elsewhere, _i, "one"), 0);
	state = open_state(_i);
	ck_assert_int_eq(claim(state, "one", NOW + LEASE - 1), STATE_BUSY);
	ck_assert_uint_eq(count(state, STATE_DUPLICATE, 0, NOW), 1);
	ck_assert_uint_eq(prune(state, NOW), 0);
	ck_assert_int_eq(claim(state, "one", NOW + LEASE), STATE_CLAIMED);
}
END_TEST

/* A machine whose clock was wrong, by ten years, when it remembered something, or when it fell. */
static int claim_ahead(int engine, const char *id)
{
	State *state = open_on(engines[engine], "elsewhere");

	return claim(state, id, NOW + AGES) == STATE_CLAIMED ? 0 : 1;
}

START_TEST(what_a_wrong_clock_has_dated_is_not_believed)
{
	AUTO(State) state = NULL;

	ck_assert_int_eq(in_child(claim_ahead, _i, "held"), 0);
	state = open_state(_i);
	commit(state, "ahead", 7 * DAY, NOW + AGES);
	commit_for(state, STATE_REDIRECT, "ahead", 7 * DAY, NOW + AGES);
	ck_assert(seen(state, "ahead", NOW + AGES));
	ck_assert(!seen(state, "ahead", NOW));
	ck_assert_uint_eq(count(state, STATE_REDIRECT, NOW - DAY, NOW), 0);
	ck_assert_uint_eq(count(state, STATE_DUPLICATE, NOW - DAY, NOW), 0);
	ck_assert_int_eq(claim(state, "held", NOW), STATE_CLAIMED);
	ck_assert_int_eq(claim(state, "ahead", NOW), STATE_CLAIMED);
	commit(state, "ahead", DAY, NOW);
	ck_assert(seen(state, "ahead", NOW + 1));
	ck_assert(!seen(state, "ahead", NOW + AGES));
}
END_TEST

START_TEST(clocks_may_differ_a_little)
{
	AUTO(State) state = open_state(_i);

	commit(state, "one", 7 * DAY, NOW + 3600);
	ck_assert(seen(state, "one", NOW));
	ck_assert_uint_eq(count(state, STATE_DUPLICATE, NOW - DAY, NOW), 1);
	ck_assert_int_eq(claim(state, "one", NOW), STATE_SEEN);
}
END_TEST

/* A clock that is behind for a while costs nothing that was remembered; people may want it to. */
START_TEST(what_is_of_a_time_to_come_is_pruned_by_hand_alone)
{
	AUTO(State) state = open_state(_i);
	char id[32];

	commit(state, "real", 7 * DAY, NOW);
	for (unsigned i = 0; i < 200; i++) {
		id_of(id, i);
		commit(state, id, 10, NOW - AGES + i);
	}
	ck_assert(seen(state, "real", NOW + 1));
	ck_assert_uint_gt(prune(state, NOW - AGES), 0);
	ck_assert(!seen(state, "real", NOW + 1));
}
END_TEST

static int commit_other(int engine, const char *id)
{
	AUTO(State) state = open_state(engine);

	commit(state, id, DAY, NOW);
	return 0;
}

START_TEST(what_another_process_commits_is_seen)
{
	AUTO(State) state = open_state(_i);

	ck_assert(!seen(state, "one", NOW));
	ck_assert_int_eq(in_child(commit_other, _i, "one"), 0);
	ck_assert(seen(state, "one", NOW));
	ck_assert_int_eq(claim(state, "one", NOW), STATE_SEEN);
}
END_TEST

enum {
	RACERS = 16
};

/* All start when the pipe is closed; whoever has the claim keeps it until all have answered. */
static int race(int engine, const char *id)
{
	int start[2], finish[2], winners = 0;
	pid_t racers[RACERS];

	ck_assert(pipe(start) == 0 && pipe(finish) == 0);
	for (int i = 0; i < RACERS; i++) {
		racers[i] = fork();
		if (racers[i] == 0) {
			State *state = open_state(engine);
			char byte;
			StateClaim answer;

			close(start[1]);
			close(finish[1]);
			(void)!read(start[0], &byte, 1);
			answer = claim(state, id, NOW);
			alarm(60);
			if (answer == STATE_CLAIMED)
				(void)!read(finish[0], &byte, 1);
			_exit(answer == STATE_CLAIMED ? 1 : answer == STATE_BUSY ? 0 : 2);
		}
	}
	close(start[1]);
	close(start[0]);
	/* Losers leave at once; the last one that is left is the winner. */
	for (int left = RACERS; left > 0; left--) {
		int status;

		if (left == 1)
			close(finish[1]);
		ck_assert_int_gt(wait(&status), 0);
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) < 2);
		winners += WEXITSTATUS(status);
	}
	close(finish[0]);
	return winners;
}

START_TEST(of_many_that_claim_one_gets_it)
{
	ck_assert_int_eq(race(_i, "new"), 1);
	for (int i = 0; i < 5; i++) {
		char id[16];

		snprintf(id, sizeof id, "dead%d", i);
		ck_assert_int_eq(in_child(claim_and_die, _i, id), 256 + SIGKILL);
		ck_assert_int_eq(race(_i, id), 1);
	}
}
END_TEST

static int committed_fd; /* the names of what was committed */

static int commit_forever(int engine, const char *id)
{
	State *state = open_state(engine);

	(void)id;
	for (unsigned i = 0;; i++) {
		char name[32];

		snprintf(name, sizeof name, "%u.%d", i, (int)getpid());
		claim(state, name, NOW);
		commit(state, name, DAY, NOW);
		/* What was answered for has to be there, whatever happens next. */
		if (!io_write(committed_fd, name, sizeof name))
			_exit(1);
	}
}

/* Reads what a killed process has committed, and looks for all of it. */
static void check_all(State *state, int fd)
{
	char name[32];

	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	while (io_read(fd, name, sizeof name) == sizeof name)
		ck_assert_msg(seen(state, name, NOW), "%s", name);
}

static void kill_soon(int engine, int fd, unsigned after_us)
{
	pid_t pid = fork();

	committed_fd = fd;
	if (pid == 0)
		_exit(commit_forever(engine, NULL));
	usleep(after_us);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

START_TEST(a_process_that_is_killed_anywhere_loses_nothing_that_it_committed)
{
	char path[400];
	auto_fd int fd = -1;

	snprintf(path, sizeof path, "%s/log", scratch);
	fd = open(path, O_RDWR | O_CREAT | O_APPEND, 0600);
	ck_assert_int_gt(fd, 0);
	for (unsigned i = 0; i < 30; i++) {
		AUTO(State) state = NULL;

		kill_soon(_i, fd, 1000 + i * 1777 % 23000);
		state = open_state(_i);
		ck_assert_int_eq(claim(state, "free", NOW), STATE_CLAIMED);
		check_all(state, fd);
		prune(state, NOW);
	}
	ck_assert_int_gt(lseek(fd, 0, SEEK_END), 0);
}
END_TEST

/* ---- what is not to be trusted, and what is broken ---- */

/* Opens and claims, and gives what went wrong. */
static Failure failure_of(const char *engine)
{
	StateSettings settings = settings_of(engine);
	Failure why = { 0 };
	State *state = state_open(&settings, &why);
	StateClaim answer;

	settings.wait_s = 1;
	if (state)
		state_claim(state, &(StateKey){ STATE_DUPLICATE, "one", NULL }, NOW, &answer, &why);
	state_close(state);
	return why;
}

static void refuses(int engine, const char *said)
{
	Failure why = failure_of(engines[engine]);

	ck_assert_int_eq(why.kind, FAILURE_RETRY);
	ck_assert_msg(strstr(why.text, said), "%s", why.text);
}

START_TEST(what_is_made_is_the_owners_alone)
{
	AUTO(State) state = open_state(_i);

	commit(state, "one", DAY, NOW);
	shell("test \"$(find \"$1\" -mindepth 1 -type d ! -perm 700 -o -type f ! -perm 600)\" = ''", scratch);
}
END_TEST

START_TEST(a_directory_that_others_may_write_to_is_refused)
{
	shell("mkdir -p -m 700 \"$1\"; chmod 777 \"$1\"", directory);
	refuses(_i, "can be written by others; 'chmod go-w");
	shell("chmod 700 \"$1\"; chmod 707 \"$1/..\"", directory);
	refuses(_i, "can be written by others");
}
END_TEST

START_TEST(a_directory_of_somebody_else_is_refused)
{
	if (geteuid() != 0)
		return; /* only root can give a directory away */
	shell("mkdir -p -m 700 \"$1\"; chown 4242 \"$1\"", directory);
	refuses(_i, "belongs to uid 4242");
}
END_TEST

START_TEST(a_link_of_somebody_else_is_refused)
{
	if (geteuid() != 0)
		return;
	shell("mkdir -p -m 700 \"$1/theirs\" \"$1/a\"; ln -s ../theirs \"$1/a/b\"; chown -h 4242 \"$1/a/b\"",
	      scratch);
	refuses(_i, "belongs to uid 4242");
}
END_TEST

START_TEST(what_is_no_directory_is_refused)
{
	shell("mkdir -p \"$(dirname \"$1\")\"; : >\"$1\"", directory);
	refuses(_i, "open the state directory");
}
END_TEST

START_TEST(a_link_in_the_place_of_the_database_is_refused)
{
	shell("mkdir -p -m 700 \"$1\"; ln -s /etc/passwd \"$1/state.db\"", directory);
	refuses(0, "is not a file but a link");
}
END_TEST

START_TEST(a_link_in_the_place_of_a_use_is_refused)
{
	shell("mkdir -p -m 700 \"$1\"; ln -s /tmp \"$1/duplicate\"", directory);
	refuses(1, "duplicate");
}
END_TEST

START_TEST(a_file_that_is_no_database_is_named_with_what_to_do)
{
	shell("mkdir -p -m 700 \"$1\"; yes 'this is no database' | head -n 100 >\"$1/state.db\"", directory);
	refuses(0, "state.db' is damaged");
	refuses(0, "move it away");
}
END_TEST

START_TEST(a_database_whose_middle_is_damaged_fails_and_does_not_crash)
{
	State *state = open_state(0);

	for (unsigned i = 0; i < 200; i++) {
		char id[32];

		id_of(id, i);
		commit(state, id, DAY, NOW);
	}
	state_close(state);
	/* In all pages but the first.  The log has been moved into place several times by now. */
	shell("cd \"$1\"; rm -f "
	      "state.db-*; "
	      "size=$(stat -c %s state.db); head -c 4096 state.db >new; "
	      "tail -c +4097 state.db | tr 'a-m0-6\\000-\\010' '\\377' >>new; cat new >state.db; rm new",
	      directory);
	{
		Failure why = failure_of("sqlite");

		ck_assert_int_eq(why.kind, FAILURE_RETRY);
		ck_assert_msg(strstr(why.text, "is damaged"), "%s", why.text);
	}
}
END_TEST

START_TEST(a_newer_schema_is_refused)
{
	State *state = open_state(0);
	char path[400];
	auto_fd int fd = -1;

	commit(state, "one", DAY, NOW);
	state_close(state);
	/* The version stands at byte 60 of the header (the file format's section 1.3). */
	snprintf(path, sizeof path, "%s/state.db", directory);
	fd = open(path, O_WRONLY);
	ck_assert_int_eq(pwrite(fd, "\0\0\0\2", 4, 60), 4);
	shell("rm -f \"$1/state.db-wal\"", directory);
	refuses(0, "is of a newer version of trommel (it says 2, this one knows 1)");
	ck_assert_int_eq(pwrite(fd, "\0\0\0\1none", 8, 60), 8);
	ck_assert_int_eq(pwrite(fd, "none", 4, 68), 4);
	refuses(0, "is a database of another program");
}
END_TEST

START_TEST(damaged_and_newer_files_are_named)
{
	shell("mkdir -p -m 700 \"$1\" \"$1/duplicate\"; : >\"$1/duplicate/d-one\"", directory);
	refuses(1, "duplicate/d-one' is damaged; remove it");
	shell("echo 'trommel state 2' >\"$1/duplicate/d-one\"", directory);
	refuses(1, "is of a newer version of trommel");
}
END_TEST

START_TEST(a_damaged_claim_holds_for_a_lease)
{
	AUTO(State) state = open_state(1);
	int64_t now = time(NULL);

	shell("mkdir -p -m 700 \"$1\" \"$1/duplicate\"; : >\"$1/duplicate/c-one\"", directory);
	ck_assert_int_eq(claim(state, "one", now), STATE_BUSY);
	ck_assert_int_eq(claim(state, "one", now + LEASE + 10), STATE_CLAIMED);
}
END_TEST

/* Byte 120 of the shared memory is the lock of who writes (the file format, section 2.3.1 of "walformat"). */
static int hold_the_lock(const char *path)
{
	auto_fd int fd = open(path, O_RDWR);
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 120, .l_len = 1 };

	if (fd < 0 || fcntl(fd, F_SETLK, &lock) < 0)
		return 1;
	kill(getppid(), SIGUSR1);
	pause();
	return 0;
}

START_TEST(who_writes_for_too_long_is_not_waited_for)
{
	StateSettings settings = settings_of("sqlite");
	AUTO(State) state = NULL;
	StateClaim answer;
	Failure why = { 0 };
	char path[400];
	sigset_t usr1;
	pid_t holder;
	int got;
	time_t began;

	settings.wait_s = 1;
	state = state_open(&settings, &why);
	commit(state, "one", DAY, NOW);
	snprintf(path, sizeof path, "%s/state.db-shm", directory);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	holder = fork();
	if (holder == 0)
		_exit(hold_the_lock(path));
	ck_assert_int_eq(sigwait(&usr1, &got), 0);
	began = time(NULL);
	ck_assert(!state_claim(state, &(StateKey){ STATE_DUPLICATE, "two", NULL }, NOW, &answer, &why));
	ck_assert_int_ge(time(NULL) - began, 1);
	ck_assert_int_le(time(NULL) - began, 20);
	ck_assert_int_eq(why.kind, FAILURE_RETRY);
	ck_assert_ptr_nonnull(strstr(why.text, "is in use by others"));
	ck_assert(seen(state, "one", NOW));
	kill(holder, SIGKILL);
	waitpid(holder, NULL, 0);
	ck_assert_int_eq(claim(state, "two", NOW), STATE_CLAIMED);
}
END_TEST

START_TEST(an_engine_is_chosen_by_the_file_system)
{
	State *state = open_on("auto", "here");

	commit(state, "one", DAY, NOW);
	state_close(state);
	state = open_on("auto", "here");
	ck_assert(seen(state, "one", NOW));
	state_close(state);
}
END_TEST

START_TEST(an_engine_that_is_none_is_refused)
{
	Failure why = failure_of("paper");

	ck_assert_ptr_nonnull(strstr(why.text, "there is no state engine 'paper'"));
}
END_TEST

/* A limit on this process for as long as the body of a test needs it. */
static void limit(__rlimit_resource_t resource, rlim_t value)
{
	struct rlimit it;

	ck_assert_int_eq(getrlimit(resource, &it), 0);
	it.rlim_cur = value;
	ck_assert_int_eq(setrlimit(resource, &it), 0);
}

START_TEST(a_file_that_cannot_grow_is_a_failure_and_no_answer)
{
	AUTO(State) state = open_state(_i);
	StateCommit it = { { STATE_DUPLICATE, "two", "more" }, DAY };
	StateClaim answer;
	Failure why = { 0 };

	commit(state, "one", DAY, NOW);
	/* What a full disk does, without one. */
	signal(SIGXFSZ, SIG_IGN);
	limit(RLIMIT_FSIZE, 20);
	ck_assert(!state_commit(state, &it, 1, NOW, &why));
	ck_assert_int_eq(why.kind, FAILURE_RETRY);
	ck_assert(!state_claim(state, &it.key, NOW, &answer, &why));
	limit(RLIMIT_FSIZE, RLIM_INFINITY);
	ck_assert(seen(state, "one", NOW) && !seen(state, "two", NOW));
	commit(state, "two", DAY, NOW);
	ck_assert(seen(state, "two", NOW));
}
END_TEST

START_TEST(without_descriptors_it_cannot_be_opened)
{
	Failure why;
	int fd;

	commit_other(_i, "one");
	fd = open("/dev/null", O_RDONLY);
	limit(RLIMIT_NOFILE, (rlim_t)fd);
	why = failure_of(engines[_i]);
	limit(RLIMIT_NOFILE, 64);
	ck_assert_int_eq(why.kind, FAILURE_RETRY);
	limit(RLIMIT_NOFILE, (rlim_t)fd + 2);
	why = failure_of(engines[_i]);
	limit(RLIMIT_NOFILE, 64);
	ck_assert_int_eq(why.kind, FAILURE_RETRY);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("state");
	TCase *both = tcase_create("both engines"), *one = tcase_create("one engine");

	tcase_add_checked_fixture(both, make_scratch, remove_scratch);
	tcase_add_checked_fixture(one, make_scratch, remove_scratch);
	tcase_set_timeout(both, 60);
	tcase_set_timeout(one, 60);
	tcase_add_loop_test(both, a_state_that_was_never_written_is_empty_and_makes_nothing, 0, ENGINES);
	tcase_add_loop_test(both, what_was_committed_is_seen_until_it_expires, 0, ENGINES);
	tcase_add_loop_test(both, a_commit_needs_no_claim_and_renews_the_time, 0, ENGINES);
	tcase_add_loop_test(both, each_use_has_ids_of_its_own, 0, ENGINES);
	tcase_add_loop_test(both, a_commit_outlives_the_process_and_a_claim_does_not, 0, ENGINES);
	tcase_add_loop_test(both, to_claim_what_one_holds_is_fine_and_released_it_is_free, 0, ENGINES);
	tcase_add_loop_test(both, a_release_leaves_what_was_committed, 0, ENGINES);
	tcase_add_loop_test(both, several_are_committed_together, 0, ENGINES);
	tcase_add_loop_test(both, what_was_committed_in_a_window_is_counted, 0, ENGINES);
	tcase_add_loop_test(both, counting_ends_with_as_many_as_were_asked_for, 0, ENGINES);
	tcase_add_loop_test(both, beyond_the_limit_the_oldest_go, 0, ENGINES);
	tcase_add_loop_test(both, the_list_begins_with_the_oldest, 0, ENGINES);
	tcase_add_loop_test(both, a_list_may_be_ended_early, 0, ENGINES);
	tcase_add_loop_test(both, what_is_told_is_one_line_and_not_endless, 0, ENGINES);
	tcase_add_loop_test(both, an_entry_is_forgotten, 0, ENGINES);
	tcase_add_loop_test(both, what_has_expired_is_pruned, 0, ENGINES);
	tcase_add_loop_test(both, commits_keep_what_has_expired_at_bay, 0, ENGINES);
	tcase_add_loop_test(both, ids_that_are_none_are_refused, 0, ENGINES);
	tcase_add_loop_test(both, names_of_uses_lead_there_and_back, 0, ENGINES);
	tcase_add_loop_test(both, a_claim_of_a_process_that_is_gone_is_free, 0, ENGINES);
	tcase_add_loop_test(both, the_claims_of_the_dead_are_pruned, 0, ENGINES);
	tcase_add_loop_test(both, a_claim_of_a_living_process_is_busy_until_its_lease_is_over, 0, ENGINES);
	tcase_add_loop_test(both, a_claim_of_another_host_holds_for_its_lease, 0, ENGINES);
	tcase_add_loop_test(both, what_a_wrong_clock_has_dated_is_not_believed, 0, ENGINES);
	tcase_add_loop_test(both, clocks_may_differ_a_little, 0, ENGINES);
	tcase_add_loop_test(both, what_is_of_a_time_to_come_is_pruned_by_hand_alone, 0, ENGINES);
	tcase_add_loop_test(both, what_another_process_commits_is_seen, 0, ENGINES);
	tcase_add_loop_test(both, of_many_that_claim_one_gets_it, 0, ENGINES);
	tcase_add_loop_test(both, a_process_that_is_killed_anywhere_loses_nothing_that_it_committed, 0,
			    ENGINES);
	tcase_add_loop_test(both, what_is_made_is_the_owners_alone, 0, ENGINES);
	tcase_add_loop_test(both, a_directory_that_others_may_write_to_is_refused, 0, ENGINES);
	tcase_add_loop_test(both, a_directory_of_somebody_else_is_refused, 0, ENGINES);
	tcase_add_loop_test(both, a_link_of_somebody_else_is_refused, 0, ENGINES);
	tcase_add_loop_test(both, what_is_no_directory_is_refused, 0, ENGINES);
	tcase_add_test(one, a_link_in_the_place_of_the_database_is_refused);
	tcase_add_test(one, a_link_in_the_place_of_a_use_is_refused);
	tcase_add_test(one, a_file_that_is_no_database_is_named_with_what_to_do);
	tcase_add_test(one, a_database_whose_middle_is_damaged_fails_and_does_not_crash);
	tcase_add_loop_test(both, a_newer_schema_is_refused, 0, ENGINES);
	tcase_add_test(one, damaged_and_newer_files_are_named);
	tcase_add_loop_test(both, a_damaged_claim_holds_for_a_lease, 0, ENGINES);
	tcase_add_test(one, who_writes_for_too_long_is_not_waited_for);
	tcase_add_test(one, an_engine_is_chosen_by_the_file_system);
	tcase_add_test(one, an_engine_that_is_none_is_refused);
	tcase_add_loop_test(both, a_file_that_cannot_grow_is_a_failure_and_no_answer, 0, ENGINES);
	tcase_add_loop_test(both, without_descriptors_it_cannot_be_opened, 0, ENGINES);
	suite_add_tcase(suite, both);
	suite_add_tcase(suite, one);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
