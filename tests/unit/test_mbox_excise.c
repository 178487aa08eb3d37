/* mbox_excise - which mailbox it was is known again, whatever its name */
#include "mailbox/mbox_excise.h"

#include "forked.h"

static const char *const paths[] = { "/home/ann/mbox", "mbox", "/a\nb", "\f/mbox", " /mbox", "/100%0A", "" };

START_TEST(a_mailbox_of_any_name_is_found_again)
{
	Mbox mbox = { .path = (char *)(size_t)paths[_i] };
	const MboxRegion region = { 4, 4 };
	Excise excise = { .name = "cut" }, again = { .name = "cut" };
	char left[20] = "";
	Failure why = { 0 };

	write_scratch("mbox", "one\ntwo\n6\n", 0600);
	mbox.fd = open(in_scratch("mbox"), O_RDWR | O_CLOEXEC);
	excise.dir_fd = again.dir_fd = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_msg(excise_begin(&excise, &mbox, &region, 1, &why), "%s", why.text);
	ck_assert_msg(excise_read(&again, &why), "%s", why.text);
	ck_assert_int_eq(again.step, EXCISE_DONE);
	ck_assert_str_eq(text_string(&again.path), paths[_i]);
	ck_assert_int_eq(pread(mbox.fd, left, sizeof left - 1, 0), 6);
	ck_assert_str_eq(left, "one\n6\n");
	close(mbox.fd);
	close(excise.dir_fd);
	excise_clear(&excise);
	excise_clear(&again);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mbox_excise");
	TCase *tests = tcase_create("mbox_excise");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
	tcase_add_loop_test(tests, a_mailbox_of_any_name_is_found_again, 0, sizeof paths / sizeof *paths);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
