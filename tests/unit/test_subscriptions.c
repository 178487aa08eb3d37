/* subscriptions: Dovecot's list is added to, in the version that it is in. */
#include "mailbox/subscriptions.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	StoreLayout layout;
	const char *before, *relative, *after;
} lists[] = {
	{ STORE_MAILDIR, NULL, ".Lists.this", "V\t2\n\nLists\tthis\n" },
	{ STORE_MAILDIR, "V\t2\n\nJunk\n", ".Lists", "V\t2\n\nJunk\nLists\n" },
	{ STORE_MAILDIR, "V\t2\n\nLists\tthis\n", ".Lists.this", "V\t2\n\nLists\tthis\n" },
	{ STORE_MAILDIR, "Junk\n", ".Lists.this", "Junk\nLists.this\n" },
	{ STORE_MAILDIR, "Junk", ".Lists", "Junk\nLists\n" },               /* its newline is missing */
	{ STORE_MAILDIR, "Old.Lists\n", ".Lists", "Old.Lists\nLists\n" },   /* the end of a line is none */
	{ STORE_MAILDIR, "Lists.this\n", ".Lists", "Lists.this\nLists\n" }, /* nor is its beginning */
	{ STORE_MAILDIR_FS, "Junk\n", "Lists/this", "Junk\nLists/this\n" },
	{ STORE_MBOX, NULL, "Lists/this", "V\t2\n\nLists\tthis\n" },
};

START_TEST(a_folder_is_listed_once)
{
	char path[] = "/tmp/subscriptions.XXXXXX", text[200] = "";
	const char *name = lists[_i].layout == STORE_MBOX ? ".subscriptions" : "subscriptions";
	int root, fd;
	Failure why = { 0 };

	ck_assert_ptr_nonnull(mkdtemp(path));
	root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lists[_i].before) {
		fd = openat(root, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		ck_assert_int_gt(dprintf(fd, "%s", lists[_i].before), 0);
		close(fd);
	}
	ck_assert_msg(subscriptions_add(root, lists[_i].layout, lists[_i].relative, 1, &why), "%s", why.text);
	fd = openat(root, name, O_RDONLY | O_CLOEXEC);
	ck_assert_int_gt(read(fd, text, sizeof text - 1), 0);
	close(fd);
	ck_assert_str_eq(text, lists[_i].after);
	ck_assert_int_eq(unlinkat(root, name, 0), 0);
	close(root);
	ck_assert_msg(rmdir(path) == 0, "something is left beside the list");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("subscriptions");
	TCase *tests = tcase_create("subscriptions");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, a_folder_is_listed_once, 0, sizeof lists / sizeof *lists);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
