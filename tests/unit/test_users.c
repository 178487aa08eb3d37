/* "There is nobody of that name" and "I could not find out" are two answers. */
#include "system/users.h"

#include <sched.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "forked.h"

START_TEST(root_is_found_by_name_and_by_uid)
{
	AUTO_VALUE(User) by_name = { 0 }, by_uid = { 0 };
	Failure why = { 0 };

	ck_assert_msg(user_find_name(&by_name, "root", &why), "%s", why.text);
	ck_assert_msg(user_find_uid(&by_uid, 0, &why), "%s", why.text);
	ck_assert_uint_eq(by_name.uid, 0);
	ck_assert_uint_eq(by_name.gid, 0);
	ck_assert_str_eq(by_name.home, "/root");
	ck_assert_str_eq(by_name.name, by_uid.name);
	ck_assert_ptr_nonnull(by_name.shell);
}
END_TEST

static char long_name[300];
static const char *const nobodys[] = {
	"trommel-has-no-such-user",
	"",
	"-root",
	"+root",
	"root/../x",
	"ro ot",
	"root\n",
	"a:b",
	"\t",
	long_name,
};

START_TEST(nobody_of_that_name_is_no_such_user)
{
	User user = { 0 };
	Failure why = { 0 };

	memset(long_name, 'a', sizeof long_name - 1);
	ck_assert(!user_find_name(&user, nobodys[_i], &why));
	ck_assert_int_eq(failure_exit_status(&why), 67);
	ck_assert_str_eq(why.code, "5.1.1");
	ck_assert_ptr_null(strchr(why.text, '\n'));
	ck_assert_ptr_null(user.name);
}
END_TEST

START_TEST(a_uid_without_an_account_is_a_retry)
{
	User user = { 0 };
	Failure why = { 0 };

	ck_assert(!user_find_uid(&user, 3999999999u, &why));
	ck_assert_int_eq(failure_exit_status(&why), 75);
}
END_TEST

static void look_up_without_descriptors(void *with)
{
	struct rlimit none = { 3, 3 };
	User user = { 0 };
	Failure why = { 0 };

	(void)with;
	setrlimit(RLIMIT_NOFILE, &none);
	if (user_find_name(&user, "trommel-has-no-such-user", &why))
		_exit(1);
	_exit(failure_exit_status(&why));
}

START_TEST(a_look_up_that_could_not_open_the_database_is_a_retry)
{
	ck_assert_int_eq(forked(look_up_without_descriptors, NULL).status, 75);
}
END_TEST

/* In a mount namespace of its own, with another /etc/passwd (NULL: none that could be read). */
static void look_up_elsewhere(void *passwd)
{
	User user = { 0 };
	Failure why = { 0 };

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount(passwd ? passwd : scratch, passwd ? "/etc/passwd" : "/etc", NULL, MS_BIND, NULL) < 0)
		_exit(99);
	if (!user_find_name(&user, "verbose", &why))
		_exit(failure_exit_status(&why));
	_exit(user.uid == 4711 && strlen(user.home) == 20000 ? 0 : 1);
}

START_TEST(a_missing_database_is_a_retry)
{
	int status = forked(look_up_elsewhere, NULL).status;

	if (status == 99)
		printf("skipped: no mount namespaces here\n");
	else
		ck_assert_int_eq(status, 75);
}
END_TEST

START_TEST(an_entry_larger_than_any_buffer_is_read_whole)
{
	char entry[21000];
	int length = snprintf(entry, sizeof entry, "root:x:0:0::/root:/bin/sh\nverbose:x:4711:4711::/");

	memset(entry + length, 'h', 19999);
	snprintf(entry + length + 19999, sizeof entry - (size_t)length - 19999, ":/bin/sh\n");
	write_scratch("passwd", entry, 0644);
	int status = forked(look_up_elsewhere, (void *)in_scratch("passwd")).status;

	if (status == 99)
		printf("skipped: no mount namespaces here\n");
	else
		ck_assert_int_eq(status, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("users");
	TCase *look_up = tcase_create("look-up");

	tcase_add_checked_fixture(look_up, scratch_make, scratch_remove);
	tcase_add_test(look_up, root_is_found_by_name_and_by_uid);
	tcase_add_loop_test(look_up, nobody_of_that_name_is_no_such_user, 0,
			    sizeof nobodys / sizeof nobodys[0]);
	tcase_add_test(look_up, a_uid_without_an_account_is_a_retry);
	tcase_add_test(look_up, a_look_up_that_could_not_open_the_database_is_a_retry);
	tcase_add_test(look_up, a_missing_database_is_a_retry);
	tcase_add_test(look_up, an_entry_larger_than_any_buffer_is_read_whole);
	suite_add_tcase(suite, look_up);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
