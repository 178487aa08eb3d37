/* side_file - a file that is changed leaves nothing beside it, whoever was killed there before, and is not
 * spoilt by who was so slow that others went on */
#include "mailbox/side_file.h"

#include <errno.h>

#include "forked.h"

static int directory;

static void begin(void)
{
	scratch_make();
	directory = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(directory, 0);
}

static void end(void)
{
	close(directory);
	scratch_remove();
}

static void lock(SideFile *file)
{
	Failure why = { 0 };

	ck_assert_msg(side_file_lock(file, directory, "notes", 1, &why), "%s", why.text);
}

static void write_to(SideFile *file, const char *text)
{
	Failure why = { 0 };

	ck_assert_msg(side_file_write(file, slice_of(text), &why), "%s", why.text);
}

static const char *read_notes(void)
{
	static char bytes[100];
	AUTO_VALUE(Text) text = { 0 };
	Failure why = { 0 };

	ck_assert_msg(side_file_read(directory, "notes", &text, &why), "%s", why.text);
	snprintf(bytes, sizeof bytes, "%s", text_string(&text));
	return bytes;
}

static unsigned files(void)
{
	DIR *listing = opendir(scratch);
	unsigned count = 0;

	for (struct dirent *entry; (entry = readdir(listing));)
		count += entry->d_type == DT_REG;
	closedir(listing);
	return count;
}

static void replace(const char *text)
{
	SideFile file;
	Failure why = { 0 };

	lock(&file);
	ck_assert_msg(side_file_replace(&file, slice_of(text), &why), "%s", why.text);
}

/* Leaves the new content, and the lock, as kill -9 does. */
static void be_killed(void *with)
{
	SideFile file;

	(void)with;
	lock(&file);
	write_to(&file, "never seen");
	raise(SIGKILL);
}

START_TEST(what_a_killed_writer_left_is_gone_after_the_next)
{
	replace("one");
	for (int times = 0; times < 3; times++)
		ck_assert_int_eq(forked(be_killed, NULL).signal, SIGKILL);
	ck_assert_str_eq(read_notes(), "one");
	ck_assert_uint_eq(files(), 3);
	replace("two");
	ck_assert_str_eq(read_notes(), "two");
	ck_assert_uint_eq(files(), 1);
}
END_TEST

/* A link there leads nowhere: it is removed itself. */
START_TEST(what_stands_in_the_way_is_not_followed)
{
	write_scratch("other", "theirs", 0600);
	ck_assert_int_eq(symlink("other", in_scratch(".notes.new")), 0);
	replace("one");
	ck_assert_int_eq(link(in_scratch("other"), in_scratch(".notes.new")), 0);
	replace("two");
	ck_assert_str_eq(read_notes(), "two");
	ck_assert_uint_eq(files(), 2);
	ck_assert_int_eq(mkdir(in_scratch(".notes.new"), 0700), 0);
	SideFile file;
	Failure why = { 0 };
	lock(&file);
	ck_assert(!side_file_replace(&file, SLICE("three"), &why));
	ck_assert_str_eq(read_notes(), "two");
	ck_assert_uint_eq(files(), 2);
}
END_TEST

/* The second has taken the lock of the first, who has been away for a minute, for abandoned. */
static void rob(SideFile *first, SideFile *second)
{
	lock(first);
	write_to(first, "first");
	first->lock.since_ms -= 60 * 1000;
	ck_assert_int_eq(unlink(in_scratch("notes.lock")), 0);
	lock(second);
	write_to(second, "second");
}

START_TEST(who_was_too_slow_changes_nothing)
{
	SideFile first, second;
	Failure why = { 0 };

	rob(&first, &second);
	ck_assert(!side_file_put(&first, &why));
	ck_assert_ptr_nonnull(strstr(why.text, "was broken"));
	side_file_unlock(&first);
	ck_assert_msg(side_file_put(&second, &why), "%s", why.text);
	side_file_unlock(&second);
	ck_assert_str_eq(read_notes(), "second");
	ck_assert_uint_eq(files(), 1);
}
END_TEST

/* Though it seems to have the lock again. */
START_TEST(the_new_file_of_another_is_not_put_there)
{
	SideFile first, second;
	Failure why = { 0 };

	replace("old");
	lock(&first);
	write_to(&first, "first");
	ck_assert_int_eq(unlink(in_scratch(".notes.new")), 0);
	write_scratch(".notes.new", "half of another", 0600);
	ck_assert(!side_file_put(&first, &why));
	side_file_unlock(&first);
	ck_assert_str_eq(read_notes(), "old");
	ck_assert(exists(".notes.new"));
	lock(&second);
	side_file_unlock(&second);
}
END_TEST

static void rob_and_end(void *with)
{
	SideFile first, second;

	(void)with;
	rob(&first, &second);
	undo_strike(&second.undo);
	undo_strike(&second.lock.undo);
	undo_run();
}

START_TEST(who_ends_removes_nothing_of_anothers)
{
	ck_assert_int_eq(forked(rob_and_end, NULL).status, 0);
	ck_assert(exists(".notes.new"));
	ck_assert(exists("notes.lock"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("side_file");
	TCase *tests = tcase_create("side_file");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, what_a_killed_writer_left_is_gone_after_the_next);
	tcase_add_test(tests, what_stands_in_the_way_is_not_followed);
	tcase_add_test(tests, who_was_too_slow_changes_nothing);
	tcase_add_test(tests, the_new_file_of_another_is_not_put_there);
	tcase_add_test(tests, who_ends_removes_nothing_of_anothers);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
