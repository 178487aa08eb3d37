/* test_filing_bulk - many copies become visible together, at the places that were told before */
#include <check.h>
#include <errno.h>
#include <stdint.h>

#include "base/io.h"
#include "forked.h"
#include "mailbox/filing_bulk.h"

enum {
	COPIES = 6,
	LARGE_BYTES = 2 * 1024 * 1024
};

/* Three go to one folder, one is large. */
static const char *const folders[COPIES] = { NULL, "Lists", "Lists", "Work", "Lists", NULL };
static char *bodies[COPIES];
static Message messages[COPIES];
static MessageImage images[COPIES];
static Filing *filings[COPIES];
static Store *store;

typedef struct Told {
	FiledPlace places[COPIES];
	size_t count;
} Told;

static Told told;

static const StoreSettings usual = { .user = "ann",
				     .hostname = "mail.example.org",
				     .lock_dotlock = true,
				     .lock_fcntl = true,
				     .lock_stale_s = 600,
				     .in_bulk = true };

static Store *open_store(const char *location)
{
	StoreSettings settings = usual;
	Failure why = { 0 };
	Store *opened;

	settings.location = location;
	settings.home = scratch;
	settings.uid = getuid();
	settings.gid = getgid();
	opened = store_open(&settings, &why);
	ck_assert_msg(opened != NULL, "%s", why.text);
	return opened;
}

static void make_messages(void)
{
	for (size_t i = 0; i < COPIES; i++) {
		const size_t length = i == 2 ? LARGE_BYTES : 20 + i;
		Text text = { 0 };

		text_printf(&text, "Subject: %zu\n\n", i);
		while (text.length < length)
			text_append_string(&text, "From here on\n");
		bodies[i] = text_take(&text);
		messages[i] = (Message){ .fd = -1, .spool_fd = -1 };
		message_from_bytes(&messages[i], slice_of(bodies[i]));
		images[i] = message_image(&messages[i]);
	}
}

static void prepare_all(void)
{
	for (size_t i = 0; i < COPIES; i++) {
		const char *const flags[] = { "\\Seen" };
		const FilingOptions options = { .folder = folders[i],
						.create = true,
						.flags = flags,
						.flag_count = i == 3,
						.sender = "a@b.example",
						.received = 1767268800 };
		Failure why = { 0 };
		bool missing;

		filings[i] = filing_prepare(store, &options, &images[i], &missing, &why);
		ck_assert_msg(filings[i] != NULL, "%s", why.text);
	}
}

static void take_place(void *self, const FiledPlace *place)
{
	Told *all = self;
	FiledPlace *kept = &all->places[all->count++];

	ck_assert_uint_le(all->count, COPIES);
	*kept = *place;
	kept->path = strdup(place->path);
	kept->name = place->name ? strdup(place->name) : NULL;
}

static void tell(void)
{
	Failure why = { 0 };

	ck_assert_msg(filing_bulk_lock(filings, COPIES, &why), "%s", why.text);
	ck_assert_msg(filing_bulk_tell(filings, COPIES, take_place, &told, &why), "%s", why.text);
	ck_assert_uint_eq(told.count, COPIES);
}

static void commit(void)
{
	Failure why = { 0 };

	ck_assert_msg(filing_bulk_commit(filings, COPIES, &why), "%s", why.text);
	for (size_t i = 0; i < COPIES; i++)
		ck_assert(filing_is_published(filings[i]));
}

static bool is_held(const FiledPlace *place, int mbox_fd)
{
	Failure why = { 0 };
	bool holds = false;

	ck_assert_msg(filed_place_look(place, mbox_fd, &holds, &why), "%s", why.text);
	return holds;
}

static int open_place(const FiledPlace *place)
{
	char path[600];

	snprintf(path, sizeof path, "%s%s%s", place->path, place->name ? "/" : "",
		 place->name ? place->name : "");
	return open(path, O_RDONLY);
}

static off_t size_of(const char *path)
{
	struct stat it;

	return stat(path, &it) == 0 ? it.st_size : 0;
}

static void begin(void)
{
	scratch_make();
	make_messages();
	told.count = 0;
}

static void end(void)
{
	for (size_t i = 0; i < COPIES; i++) {
		filing_free(filings[i]);
		filings[i] = NULL;
		message_clear(&messages[i]);
		free(bodies[i]);
	}
	for (size_t i = 0; i < told.count; i++) {
		free((void *)(uintptr_t)told.places[i].path);
		free((void *)(uintptr_t)told.places[i].name);
	}
	store_close(store);
	store = NULL;
	scratch_remove();
}

START_TEST(copies_in_a_maildir_are_where_it_was_told)
{
	store = open_store("maildir:~/Maildir");
	prepare_all();
	tell();
	for (size_t i = 0; i < COPIES; i++) {
		auto_fd int fd = open_place(&told.places[i]);

		ck_assert_msg(fd < 0, "nothing can be seen before");
		ck_assert_ptr_nonnull(told.places[i].name);
		ck_assert_msg(strncmp(told.places[i].name, i == 3 ? "cur/" : "new/", 4) == 0, "%s",
			      told.places[i].name);
	}
	commit();
	for (size_t i = 0; i < COPIES; i++) {
		AUTO_VALUE(Text) text = { 0 };
		auto_fd int fd = open_place(&told.places[i]);
		Failure why = { 0 };

		ck_assert_int_ge(fd, 0);
		ck_assert_msg(io_read_file(fd, "copy", 2 * LARGE_BYTES, &text, &why), "%s", why.text);
		ck_assert_str_eq(text_string(&text), bodies[i]);
	}
}
END_TEST

/* Each begins where the one before it in the same mbox ends, and the last ends with the file. */
START_TEST(records_in_mboxes_are_where_it_was_told)
{
	store = open_store("mbox:~/mail:INBOX=~/inbox");
	write_scratch("inbox", "From x@y  Thu Jan  1 12:00:00 2026\nSubject: old\n\nold\n\n", 0600);
	prepare_all();
	tell();
	ck_assert_int_eq(told.places[0].offset, size_of(told.places[0].path));
	commit();
	for (size_t i = 0; i < COPIES; i++) {
		const FiledPlace *place = &told.places[i], *next = place + 1;
		auto_fd int fd = open_place(place);
		char first[6] = "";

		ck_assert_ptr_null(place->name);
		ck_assert_int_eq(io_read_at(fd, first, 5, place->offset), 5);
		ck_assert_str_eq(first, "From ");
		ck_assert_msg(is_held(place, fd), "copy %zu", i);
		if (i + 1 < COPIES && strcmp(next->path, place->path) == 0)
			ck_assert_int_eq(next->offset, place->offset + place->length);
		else
			ck_assert_int_eq(size_of(place->path), place->offset + place->length);
	}
	ck_assert(!exists("inbox.lock") && !exists("mail/Lists.lock"));
}
END_TEST

START_TEST(a_record_that_was_changed_is_not_held)
{
	store = open_store("mbox:~/mail:INBOX=~/inbox");
	prepare_all();
	tell();
	commit();
	for (size_t i = 0; i < COPIES; i++) {
		const FiledPlace *place = &told.places[i];
		auto_fd int fd = open(place->path, O_RDWR);
		const off_t last = place->offset + (off_t)place->digested - 1;

		ck_assert_uint_gt(place->digested, 0);
		ck_assert(io_write_at(fd, "!", 1, last));
		ck_assert_msg(!is_held(place, fd), "copy %zu", i);
	}
	for (size_t i = 0; i < COPIES; i++) {
		auto_fd int fd = open(told.places[i].path, O_RDWR);

		ck_assert_int_eq(ftruncate(fd, told.places[i].offset + 1), 0);
		ck_assert(!is_held(&told.places[i], fd));
	}
}
END_TEST

START_TEST(a_record_that_cannot_be_read_is_not_known_to_be_gone)
{
	Failure failure = { 0 };
	bool holds;

	store = open_store("mbox:~/mail:INBOX=~/inbox");
	prepare_all();
	tell();
	commit();
	auto_fd int fd = open(told.places[0].path, O_WRONLY);
	ck_assert(!filed_place_look(&told.places[0], fd, &holds, &failure));
	ck_assert_int_eq(failure.error, EBADF);
}
END_TEST

/* All mboxes are locked, or none: a lock that another holds leaves the others free. */
START_TEST(locks_are_taken_together)
{
	Failure why = { 0 };

	store = open_store("mbox:~/mail:INBOX=~/inbox");
	prepare_all();
	write_scratch("mail/Work.lock", "1\n", 0600);
	ck_assert(!filing_bulk_lock(filings, COPIES, &why));
	ck_assert_msg(strstr(why.text, "mail/Work") && strstr(why.text, "has been locked"), "%s", why.text);
	ck_assert(!exists("inbox.lock") && !exists("mail/Lists.lock"));
	ck_assert_int_eq(size_of(in_scratch("inbox")) + size_of(in_scratch("mail/Lists")), 0);
	ck_assert_int_eq(unlinkat(AT_FDCWD, in_scratch("mail/Work.lock"), 0), 0);
	tell();
	ck_assert(exists("inbox.lock") && exists("mail/Lists.lock") && exists("mail/Work.lock"));
	commit();
}
END_TEST

/* What was prepared and never committed was never there. */
START_TEST(what_is_not_committed_leaves_nothing)
{
	store = open_store(_i ? "mbox:~/mail:INBOX=~/inbox" : "maildir:~/Maildir");
	prepare_all();
	tell();
	for (size_t i = 0; i < COPIES; i++) {
		auto_fd int fd = -1;

		filing_free(filings[i]);
		filings[i] = NULL;
		fd = open_place(&told.places[i]);
		ck_assert(told.places[i].name ? fd < 0 : size_of(told.places[i].path) == 0);
	}
	ck_assert(!exists("inbox.lock") && !exists("mail/Lists.lock") && !exists("mail/Work.lock"));
}
END_TEST

START_TEST(so_many_at_a_time)
{
	store = open_store("mbox:~/mail:INBOX=~/inbox");
	ck_assert_uint_eq(filing_bulk_max(store), 128);
	store_close(store);
	store = open_store("maildir:~/Maildir");
	ck_assert_uint_eq(filing_bulk_max(store), 1024);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("filing_bulk");
	TCase *tests = tcase_create("filing_bulk");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, begin, end);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, copies_in_a_maildir_are_where_it_was_told);
	tcase_add_test(tests, records_in_mboxes_are_where_it_was_told);
	tcase_add_test(tests, a_record_that_was_changed_is_not_held);
	tcase_add_test(tests, a_record_that_cannot_be_read_is_not_known_to_be_gone);
	tcase_add_test(tests, locks_are_taken_together);
	tcase_add_loop_test(tests, what_is_not_committed_leaves_nothing, 0, 2);
	tcase_add_test(tests, so_many_at_a_time);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
