/* The short way gives libc's answer, or none. */
#include "system/passwd_file.h"

#include <stdbool.h>

#include "forked.h"

static const char common[] = "root:x:0:0:root:/root:/bin/sh\n"
			     "anna:x:1000:1001:Anna,,,:/home/anna:/bin/zsh\n"
			     "annabel:x:1002:1002::/home/annabel:\n";

static bool find_with(const char *nsswitch, const char *passwd, const char *name, uid_t uid, User *user)
{
	char nsswitch_path[400], passwd_path[400];

	write_scratch("nsswitch.conf", nsswitch, 0600);
	write_scratch("passwd", passwd, 0600);
	snprintf(nsswitch_path, sizeof nsswitch_path, "%s", in_scratch("nsswitch.conf"));
	snprintf(passwd_path, sizeof passwd_path, "%s", in_scratch("passwd"));
	return passwd_file_find(&(PasswdFiles){ nsswitch_path, passwd_path }, name, uid, user);
}

START_TEST(an_account_is_found_by_name_and_by_uid)
{
	for (int by_uid = 0; by_uid < 2; by_uid++) {
		AUTO_VALUE(User) user = { 0 };

		ck_assert(find_with("passwd: files\n", common, by_uid ? NULL : "anna", 1000, &user));
		ck_assert_str_eq(user.name, "anna");
		ck_assert_str_eq(user.home, "/home/anna");
		ck_assert_str_eq(user.shell, "/bin/zsh");
		ck_assert_uint_eq(user.uid, 1000);
		ck_assert_uint_eq(user.gid, 1001);
	}
}
END_TEST

static const struct {
	const char *line;
	bool trusted;
} switches[] = {
	{ "passwd: files\n", true },
	{ "passwd:files systemd\n", false }, /* libc may read it; we need not */
	{ "# first\n\npasswd:\t\tfiles systemd sss\n", true },
	{ "  passwd: files ldap\n", true },
	{ "passwd: compat\n", false },
	{ "passwd: sss files\n", false },
	{ "passwd: files [SUCCESS=continue] ldap\n", false },
	{ "passwd: filesystem\n", false },
	{ "#passwd: files\n", false },
	{ "group: files\n", false },
	{ "passwd: files", false },
	{ "", false },
};

START_TEST(only_a_switch_that_asks_the_file_first_is_trusted)
{
	AUTO_VALUE(User) user = { 0 };

	ck_assert_int_eq(find_with(switches[_i].line, common, "anna", 0, &user), switches[_i].trusted);
}
END_TEST

static const char *const odd_entries[] = {
	"anna:x:1000:1000::/home/anna\n",
	"anna:x:1000:1000::/home/anna:/bin/sh:more\n",
	"anna:x::1000::/home/anna:/bin/sh\n",
	"anna:x:-1:1000::/home/anna:/bin/sh\n",
	"anna:x:4294967295:1::/home/anna:/bin/sh\n",
	"anna:x:4294967296:1::/home/anna:/bin/sh\n",
	"anna:x:1000:99999999999::/home:/bin/sh\n",
	"anna:x:0x10:1000::/home/anna:/bin/sh\n",
	"anna:x:1000:1000::/home/anna:/bin/sh",
	" anna:x:1000:1000::/home/anna:/bin/sh\n",
	"#anna:x:1000:1000::/home/anna:/bin/sh\n",
	"ann:x:1000:1000::/home/anna:/bin/sh\n",
	"annax:x:1000:1000::/home/anna:/bin/sh\n",
	"",
};

START_TEST(what_is_odd_or_absent_is_left_to_libc)
{
	User user = { 0 };

	ck_assert(!find_with("passwd: files\n", odd_entries[_i], "anna", 0, &user));
	ck_assert_ptr_null(user.name);
}
END_TEST

START_TEST(special_lines_are_skipped_and_odd_ones_of_other_names)
{
	AUTO_VALUE(User) user = { 0 }, other = { 0 };

	ck_assert(
		find_with("passwd: files\n", "#c\n\n+::::::\n-x:x:7:7:::\nanna:x:7:8:::\n", NULL, 7, &user));
	ck_assert_str_eq(user.name, "anna");
	ck_assert_str_eq(user.home, "");
	ck_assert(find_with("passwd: files\n", "broken\nbob:x:y:7:::\nanna:x:7:8:::\n", "anna", 0, &other));
	ck_assert_uint_eq(other.uid, 7);
}
END_TEST

/* libc forgives more than we do, and takes the first: whose line that is only libc knows. */
static const char *const forgiven[] = {
	" bob:x:7:7:::\n", "\fbob:x:7:7:::\n", "\tbob:x:7:7:::\n",   "bob:x: 7:7:::\n",
	"bob:x:+7:7:::\n", "bob:x:7: 7:::\n",  "bob:x:7:7::/:a:b\n",
};

START_TEST(a_uid_behind_an_odd_line_is_left_to_libc)
{
	char passwd[200];
	User user = { 0 };

	snprintf(passwd, sizeof passwd, "%sanna:x:7:8:::\n", forgiven[_i]);
	ck_assert(!find_with("passwd: files\n", passwd, NULL, 7, &user));
	ck_assert(!find_with("passwd: files\n", forgiven[_i], "\fbob", 0, &user));
}
END_TEST

START_TEST(an_entry_across_two_reads_is_found)
{
	char passwd[20000];
	size_t length = 0;

	for (int i = 0; length < 16000; i++)
		length += (size_t)snprintf(passwd + length, sizeof passwd - length,
					   "user%d:x:%d:7::/home/user%d:/bin/sh\n", i, 2000 + i, i);
	for (int i = 0; i < 400; i++) {
		AUTO_VALUE(User) user = { 0 };
		char name[20];

		snprintf(name, sizeof name, "user%d", i);
		ck_assert(find_with("passwd: files\n", passwd, name, 0, &user));
		ck_assert_uint_eq(user.uid, (uid_t)(2000 + i));
	}
}
END_TEST

START_TEST(a_line_without_end_is_left_to_libc)
{
	char passwd[30000];
	User user = { 0 };

	memset(passwd, 'x', sizeof passwd);
	snprintf(passwd + 20000, 1000, "\n%s", common);
	ck_assert(!find_with("passwd: files\n", passwd, "anna", 0, &user));
}
END_TEST

START_TEST(the_beginning_of_a_line_is_no_name)
{
	User user = { 0 };

	ck_assert(!find_with("passwd: files\n", "ann:x:1000:1000::/home/ann:/bin/sh\n", "ann:x", 0, &user));
	ck_assert(!user.name);
}
END_TEST

START_TEST(a_missing_file_is_left_to_libc)
{
	User user = { 0 };

	ck_assert(!passwd_file_find(&(PasswdFiles){ "/nonexistent", "/nonexistent" }, "root", 0, &user));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("passwd_file");
	TCase *look_up = tcase_create("look-up");

	tcase_add_checked_fixture(look_up, scratch_make, scratch_remove);
	tcase_add_test(look_up, an_account_is_found_by_name_and_by_uid);
	tcase_add_test(look_up, the_beginning_of_a_line_is_no_name);
	tcase_add_loop_test(look_up, only_a_switch_that_asks_the_file_first_is_trusted, 0,
			    sizeof switches / sizeof switches[0]);
	tcase_add_loop_test(look_up, what_is_odd_or_absent_is_left_to_libc, 0,
			    sizeof odd_entries / sizeof odd_entries[0]);
	tcase_add_test(look_up, special_lines_are_skipped_and_odd_ones_of_other_names);
	tcase_add_loop_test(look_up, a_uid_behind_an_odd_line_is_left_to_libc, 0,
			    sizeof forgiven / sizeof *forgiven);
	tcase_add_test(look_up, an_entry_across_two_reads_is_found);
	tcase_add_test(look_up, a_line_without_end_is_left_to_libc);
	tcase_add_test(look_up, a_missing_file_is_left_to_libc);
	suite_add_tcase(suite, look_up);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
