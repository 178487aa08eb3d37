/* What is on the undo list is taken back, newest first, and nothing else. */
#include "system/undo.h"

#include <grp.h>
#include <stdbool.h>

#include "forked.h"

#define NOBODY ((gid_t)-1)

START_TEST(a_file_on_the_list_is_removed)
{
	write_scratch("draft", "x", 0600);
	undo_add_unlink(AT_FDCWD, in_scratch("draft"), NOBODY);
	undo_run();
	ck_assert(!exists("draft"));
}
END_TEST

START_TEST(a_file_is_found_below_its_directory)
{
	int dir = open(scratch, O_RDONLY | O_DIRECTORY);

	write_scratch("draft", "x", 0600);
	undo_add_unlink(dir, "draft", NOBODY);
	undo_run();
	close(dir);
	ck_assert(!exists("draft"));
}
END_TEST

START_TEST(what_was_struck_off_stays)
{
	Undo kept, none = 0;

	write_scratch("kept", "x", 0600);
	write_scratch("draft", "x", 0600);
	kept = undo_add_unlink(AT_FDCWD, in_scratch("kept"), NOBODY);
	undo_add_unlink(AT_FDCWD, in_scratch("draft"), NOBODY);
	undo_strike(&kept);
	undo_strike(&none);
	undo_run();
	ck_assert(exists("kept") && !exists("draft"));
	ck_assert_int_eq(kept, 0);
}
END_TEST

START_TEST(what_was_forgotten_stays)
{
	write_scratch("kept", "x", 0600);
	undo_add_unlink(AT_FDCWD, in_scratch("kept"), NOBODY);
	undo_forget();
	undo_run();
	ck_assert(exists("kept"));
}
END_TEST

START_TEST(a_run_leaves_nothing_on_the_list)
{
	write_scratch("draft", "x", 0600);
	undo_add_unlink(AT_FDCWD, in_scratch("draft"), NOBODY);
	undo_run();
	write_scratch("draft", "somebody else's", 0600);
	undo_run();
	ck_assert(exists("draft"));
}
END_TEST

START_TEST(the_newest_is_taken_back_first)
{
	int fd;

	write_scratch("mbox", "From a\nFrom b\nFrom c\n", 0600);
	fd = open(in_scratch("mbox"), O_RDWR);
	Undo hole = undo_add_truncate(fd, 14);
	undo_add_truncate(fd, 7); /* the oldest that stays on the list: its word is the last */
	undo_strike(&hole);
	undo_add_truncate(fd, 14); /* takes the freed place, which must not make it old */
	undo_run();
	ck_assert_int_eq(lseek(fd, 0, SEEK_END), 7);
	close(fd);
}
END_TEST

START_TEST(a_process_group_is_killed)
{
	int raw;
	pid_t child = fork();

	if (child == 0) {
		setpgid(0, 0);
		for (;;)
			pause();
	}
	setpgid(child, child);
	undo_add_kill(child);
	undo_run();
	ck_assert_int_eq(waitpid(child, &raw, 0), child);
	ck_assert(WIFSIGNALED(raw) && WTERMSIG(raw) == SIGKILL);
}
END_TEST

START_TEST(a_lock_that_somebody_else_took_is_not_removed)
{
	struct stat ours;
	Undo lock;

	write_scratch("box.lock", "ours", 0600);
	ck_assert_int_eq(stat(in_scratch("box.lock"), &ours), 0);
	lock = undo_add_unlink(AT_FDCWD, in_scratch("box.lock"), NOBODY);
	undo_only_file(lock, ours.st_dev, ours.st_ino);
	write_scratch("theirs", "theirs", 0600);
	ck_assert_int_eq(rename(in_scratch("theirs"), in_scratch("box.lock")), 0);
	undo_run();
	ck_assert(exists("box.lock"));
}
END_TEST

START_TEST(a_lock_that_is_still_ours_is_removed)
{
	struct stat ours;
	Undo lock;

	write_scratch("box.lock", "ours", 0600);
	ck_assert_int_eq(stat(in_scratch("box.lock"), &ours), 0);
	lock = undo_add_unlink(AT_FDCWD, in_scratch("box.lock"), NOBODY);
	undo_only_file(lock, ours.st_dev, ours.st_ino);
	undo_run();
	ck_assert(!exists("box.lock"));
}
END_TEST

START_TEST(a_freed_place_asks_nothing_of_the_file_that_gets_it)
{
	Undo place;

	write_scratch("draft", "x", 0600);
	place = undo_add_unlink(AT_FDCWD, in_scratch("other"), NOBODY);
	undo_only_file(place, 1, 1);
	undo_only_while_locked(place, AT_FDCWD, in_scratch("other"), -1);
	undo_strike(&place);
	undo_add_unlink(AT_FDCWD, in_scratch("draft"), NOBODY);
	undo_run();
	ck_assert(!exists("draft"));
}
END_TEST

static off_t size_of(const char *name)
{
	struct stat status;

	ck_assert_int_eq(stat(in_scratch(name), &status), 0);
	return status.st_size;
}

/* A box that is being appended to under a dotlock, as both are on the list. */
static void append_under_lock(void)
{
	int dir = open(scratch, O_RDONLY | O_DIRECTORY), lock, box;

	write_scratch("box.lock", "ours", 0600);
	write_scratch("box", "old mail, half a new one", 0600);
	lock = open(in_scratch("box.lock"), O_RDWR);
	box = open(in_scratch("box"), O_RDWR);
	undo_only_while_locked(undo_add_unlink(dir, "box.lock", NOBODY), dir, "box.lock", lock);
	undo_only_while_locked(undo_add_truncate(box, 8), dir, "box.lock", lock);
}

START_TEST(under_a_lock_that_stands_both_are_taken_back)
{
	append_under_lock();
	undo_run();
	ck_assert(!exists("box.lock"));
	ck_assert_int_eq(size_of("box"), 8);
}
END_TEST

/* Behind the half message another's may stand by now. */
START_TEST(a_lock_that_is_anothers_and_what_it_protected_are_left)
{
	append_under_lock();
	write_scratch("theirs", "theirs", 0600);
	ck_assert_int_eq(rename(in_scratch("theirs"), in_scratch("box.lock")), 0);
	undo_run();
	ck_assert(exists("box.lock"));
	ck_assert_int_eq(size_of("box"), 24);
}
END_TEST

START_TEST(a_box_whose_lock_is_gone_is_left)
{
	append_under_lock();
	unlink(in_scratch("box.lock"));
	undo_run();
	ck_assert_int_eq(size_of("box"), 24);
}
END_TEST

START_TEST(a_hundred_copies_into_mboxes_fit)
{
	for (int i = 0; i < 384; i++)
		undo_add_truncate(-1, 0);
	write_scratch("draft", "x", 0600);
	undo_add_unlink(AT_FDCWD, in_scratch("draft"), NOBODY);
	undo_run();
	ck_assert(!exists("draft"));
}
END_TEST

static void add_too_many(void *with)
{
	(void)with;
	for (int i = 0; i < 100000; i++)
		undo_add_truncate(-1, 0);
}

START_TEST(a_list_that_is_full_asks_for_a_retry)
{
	Outcome end = forked(add_too_many, NULL);

	ck_assert_int_eq(end.status, 75);
	ck_assert_ptr_nonnull(strstr(end.said, "4.3.0 bug in trommel: more than"));
}
END_TEST

static int heard;

static void hear(int signal)
{
	heard = signal;
}

START_TEST(a_signal_that_waits_is_heard_at_the_last_release)
{
	signal(SIGUSR1, hear);
	undo_hold_signals();
	undo_hold_signals();
	ck_assert(undo_signal_waits(SIGUSR1));
	undo_release_signals();
	ck_assert_int_eq(heard, 0);
	undo_release_signals();
	ck_assert_int_eq(heard, SIGUSR1);
	ck_assert(!undo_signal_waits(SIGUSR1));
}
END_TEST

START_TEST(the_deadline_does_not_wait_while_something_leaves)
{
	signal(SIGUSR1, hear);
	undo_hold_all_but_deadline();
	ck_assert(undo_signal_waits(SIGUSR1));
	ck_assert(!undo_signal_waits(SIGALRM));
	undo_hold_signals();
	ck_assert(undo_signal_waits(SIGALRM));
	undo_release_signals();
	ck_assert_int_eq(heard, 0);
	undo_release_all_but_deadline();
	ck_assert_int_eq(heard, SIGUSR1);
}
END_TEST

static void remove_under_group(void *with)
{
	(void)with;
	/* As privileges_become leaves it: the spool's group is only the saved one. */
	if (setgroups(0, NULL) < 0 || setresgid(4242, 4242, 4243) < 0 || setresuid(4242, 4242, 4242) < 0)
		_exit(1);
	undo_add_unlink(AT_FDCWD, in_scratch("spool/box.lock"), 4243);
	undo_run();
	_exit(getegid() == 4242 ? 0 : 2);
}

START_TEST(a_dotlock_is_removed_under_the_group_of_its_spool)
{
	if (geteuid() != 0) {
		printf("skipped: only root can become a user with a spool group\n");
		return;
	}
	ck_assert_int_eq(chmod(scratch, 0711), 0);
	ck_assert_int_eq(mkdir(in_scratch("spool"), 0770), 0);
	ck_assert_int_eq(chown(in_scratch("spool"), 0, 4243), 0);
	ck_assert_int_eq(chmod(in_scratch("spool"), 02770), 0);
	write_scratch("spool/box.lock", "x", 0600);
	ck_assert_int_eq(forked(remove_under_group, NULL).status, 0);
	ck_assert(!exists("spool/box.lock"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("undo");
	TCase *list = tcase_create("list");

	tcase_add_checked_fixture(list, scratch_make, scratch_remove);
	tcase_add_test(list, a_file_on_the_list_is_removed);
	tcase_add_test(list, a_file_is_found_below_its_directory);
	tcase_add_test(list, what_was_struck_off_stays);
	tcase_add_test(list, what_was_forgotten_stays);
	tcase_add_test(list, a_run_leaves_nothing_on_the_list);
	tcase_add_test(list, the_newest_is_taken_back_first);
	tcase_add_test(list, a_process_group_is_killed);
	tcase_add_test(list, a_lock_that_somebody_else_took_is_not_removed);
	tcase_add_test(list, a_lock_that_is_still_ours_is_removed);
	tcase_add_test(list, a_freed_place_asks_nothing_of_the_file_that_gets_it);
	tcase_add_test(list, under_a_lock_that_stands_both_are_taken_back);
	tcase_add_test(list, a_lock_that_is_anothers_and_what_it_protected_are_left);
	tcase_add_test(list, a_box_whose_lock_is_gone_is_left);
	tcase_add_test(list, a_hundred_copies_into_mboxes_fit);
	tcase_add_test(list, a_list_that_is_full_asks_for_a_retry);
	tcase_add_test(list, a_signal_that_waits_is_heard_at_the_last_release);
	tcase_add_test(list, the_deadline_does_not_wait_while_something_leaves);
	tcase_add_test(list, a_dotlock_is_removed_under_the_group_of_its_spool);
	suite_add_tcase(suite, list);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
