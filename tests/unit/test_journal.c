/* journal - what stands in the file of an earlier try is believed as far as it is whole, and no farther */
#include "delivery/journal.h"

#include "base/arena.h"
#include "forked.h"

#define HEAD  "trommel journal 1\n1700000000 0123abcd\n"
#define ONE   "1111111111111111111111111111111111111111111111111111111111111111"
#define OTHER "2222222222222222222222222222222222222222222222222222222222222222"

enum {
	NOW_S = 1794816000
};

/* What a delivery is known by. */
typedef struct Delivery {
	Slice header, message, script;
	const char *recipient;
} Delivery;

static const Delivery usual = { SLICE("Subject: one\n\n"), SLICE("Subject: one\n\nbody\n"), SLICE("keep;"),
				"ann" };

static Journal *open_journal_of(const Delivery *delivery, Arena *arena)
{
	AUTO_VALUE(Message) message = { 0 };
	Journal *journal = NULL;
	Failure why = { 0 };
	bool kept;

	message_from_bytes(&message, delivery->message);
	JournalSettings settings = {
		.directory = scratch,
		.home = scratch,
		.owner = geteuid(),
		.message = &message,
		.header = header_index(delivery->header, arena),
		.recipient = delivery->recipient,
		.script = delivery->script,
		.now = NOW_S,
	};
	ck_assert_msg(journal_open(&settings, &journal, &why), "%s", why.text);
	ck_assert_msg(journal_keep(journal, 2, &kept, &why) && kept, "%s", why.text);
	return journal;
}

static Journal *open_journal(Arena *arena)
{
	return open_journal_of(&usual, arena);
}

/* The file of that message, in the scratch directory. */
static const char *find_file(void)
{
	static char name[150];
	DIR *listing = opendir(in_scratch(JOURNAL_DIRECTORY));

	ck_assert_ptr_nonnull(listing);
	for (struct dirent *entry; (entry = readdir(listing));)
		if (entry->d_name[0] != '.')
			snprintf(name, sizeof name, JOURNAL_DIRECTORY "/%.100s", entry->d_name);
	closedir(listing);
	return name;
}

/* A try that was killed has left these bytes. */
static void leave(Arena *arena, const char *content)
{
	Journal *journal = open_journal(arena);
	Failure why = { 0 };

	ck_assert(journal_note(journal, ONE, false, &why));
	journal_close(journal);
	write_scratch(find_file(), content, 0600);
}

static const struct {
	const char *file;
	bool is_believed;
} heads[] = {
	{ HEAD, true },
	{ "trommel journal 1\n \n", false },
	{ "trommel journal 1\n1700000000 \n", false },
	{ "trommel journal 1\n1700000000 a\rb\n", false },
	{ "trommel journal 1\n-1 0123abcd\n", false },
	{ "trommel journal 1\n9999999999999999999 0123abcd\n", false },
	{ "trommel journal 1\n1700000000 0123456789012345678901234567890123456789\n", false },
	{ "trommel journal 1\n1700000000 0123abcd", false },
	{ "trommel journal 2\n1700000000 0123abcd\n", false },
	{ "", false },
};
START_TEST(a_head_is_a_time_and_a_token_or_none)
{
	AUTO(Arena) arena = arena_new();
	Journal *journal;

	leave(arena, heads[_i].file);
	journal = open_journal(arena);
	ck_assert_int_eq(journal_begun(journal), heads[_i].is_believed ? 1700000000 : NOW_S);
	ck_assert_int_eq(strcmp(journal_token(journal), "0123abcd") == 0, heads[_i].is_believed);
	ck_assert_uint_eq(strspn(journal_token(journal), "0123456789abcdef"), strlen(journal_token(journal)));
	journal_finish(journal);
}
END_TEST

/* "noted and not there is what must never be" (src/README.md) */
START_TEST(what_is_no_record_does_not_become_one_behind_a_new_one)
{
	AUTO(Arena) arena = arena_new();
	Failure why = { 0 };
	Journal *journal;

	leave(arena,
	      HEAD "=----------------as-long-as-a-record-and-none-----------------\n\n\n\n+" OTHER "\n");
	journal = open_journal(arena);
	ck_assert(!journal_has(journal, OTHER));
	ck_assert_msg(journal_note(journal, ONE, true, &why), "%s", why.text);
	journal_close(journal);
	journal = open_journal(arena);
	ck_assert(journal_has(journal, ONE));
	ck_assert_msg(!journal_has(journal, OTHER), "it was never noted");
	journal_finish(journal);
}
END_TEST

/* A file for each of what may line up with a head that is as long as ours. */
START_TEST(what_stands_behind_a_new_head_is_nothing)
{
	AUTO(Arena) arena = arena_new();
	Failure why = { 0 };
	Journal *journal;

	for (size_t length = 40; length < 80; length++) {
		char file[300];

		snprintf(
			file, sizeof file, "%.*s+" OTHER "\n+" OTHER "\n", (int)length,
			"----------------------------------------------------------------------------------");
		leave(arena, file);
		journal = open_journal(arena);
		ck_assert_msg(journal_note(journal, ONE, true, &why), "%s", why.text);
		journal_close(journal);
		journal = open_journal(arena);
		ck_assert_msg(!journal_has(journal, OTHER), "behind %zu bytes", length);
		journal_finish(journal);
	}
}
END_TEST

/* Else what has happened for one of them would be left out for the other. */
static const Delivery others[] = {
	{ SLICE("Subject: one\n\n"), SLICE("Subject: one\n\nbody\n"), SLICE("keep;"), "bob" },
	{ SLICE("Subject: one\n\n"), SLICE("Subject: one\n\nbody\n"), SLICE("discard;"), "ann" },
	{ SLICE("Subject: one\n\n"), SLICE("Subject: one\n\nBody\n"), SLICE("keep;"), "ann" },
	{ SLICE("Subject: two\n\n"), SLICE("Subject: two\n\nbody\n"), SLICE("keep;"), "ann" },
};
START_TEST(a_journal_is_of_one_delivery)
{
	AUTO(Arena) arena = arena_new();
	Journal *journal = open_journal(arena);
	Failure why = { 0 };

	ck_assert(journal_note(journal, ONE, true, &why));
	journal_close(journal);
	journal = open_journal_of(&others[_i], arena);
	ck_assert(!journal_has(journal, ONE));
	journal_finish(journal);
	journal = open_journal(arena);
	ck_assert(journal_has(journal, ONE));
	journal_finish(journal);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("journal");
	TCase *tests = tcase_create("journal");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
	tcase_add_loop_test(tests, a_head_is_a_time_and_a_token_or_none, 0, sizeof heads / sizeof *heads);
	tcase_add_test(tests, what_is_no_record_does_not_become_one_behind_a_new_one);
	tcase_add_test(tests, what_stands_behind_a_new_head_is_nothing);
	tcase_add_loop_test(tests, a_journal_is_of_one_delivery, 0, sizeof others / sizeof *others);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
