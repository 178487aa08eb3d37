/* A file of rules counts only when nobody else could have written it. */
#include "system/trust.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "forked.h"

static uid_t me;
static Failure why;

/* home/ holds rules and sieve/rules; everything is ours and closed to others. */
static void setup(void)
{
	me = geteuid();
	why = (Failure){ 0 };
	scratch_make();
	ck_assert_int_eq(mkdir(in_scratch("home"), 0755), 0);
	ck_assert_int_eq(mkdir(in_scratch("home/sieve"), 0755), 0);
	write_scratch("home/rules", "keep;", 0644);
	write_scratch("home/sieve/rules", "keep;", 0600);
}

/* What comes of opening it; a descriptor is given exactly when it is trusted. */
static Trust look_at(const char *name, uid_t owner)
{
	int fd = -7;
	Trust trust;

	why = (Failure){ 0 };
	trust = trusted_open(in_scratch(name), owner, &fd, &why);

	ck_assert_int_eq(trust == TRUST_OK, fd >= 0);
	ck_assert_int_eq(trust == TRUST_REFUSED || trust == TRUST_UNREADABLE, why.kind == FAILURE_RETRY);
	if (fd >= 0) {
		ck_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		close(fd);
	}
	return trust;
}

START_TEST(a_file_of_ones_own_is_opened)
{
	ck_assert_msg(look_at("home/rules", me) == TRUST_OK, "%s", why.text);
	ck_assert_msg(look_at("home/../home/./sieve//rules", me) == TRUST_OK, "%s", why.text);
}
END_TEST

START_TEST(a_path_from_the_working_directory_is_judged_too)
{
	int fd = -1;

	ck_assert_int_eq(chdir(in_scratch("home/sieve")), 0);
	ck_assert_int_eq(trusted_open("rules", me, &fd, &why), TRUST_OK);
	close(fd);
	ck_assert_int_eq(trusted_open("../rules", me, &fd, &why), TRUST_OK);
	close(fd);
	ck_assert_int_eq(chmod(in_scratch("home"), 0777), 0);
	ck_assert_int_eq(trusted_open("rules", me, &fd, &why), TRUST_REFUSED);
	ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

START_TEST(what_is_not_there_is_absent)
{
	ck_assert_int_eq(look_at("home/absent", me), TRUST_ABSENT);
	ck_assert_int_eq(look_at("absent/absent", me), TRUST_ABSENT);
	ck_assert_int_eq(look_at("home/rules/absent", me), TRUST_ABSENT);
	ck_assert_int_eq(symlink("absent", in_scratch("home/link")), 0);
	ck_assert_int_eq(look_at("home/link", me), TRUST_ABSENT);
}
END_TEST

static const struct {
	mode_t mode;
	Trust trust;
} file_modes[] = { { 0600, TRUST_OK },      { 0444, TRUST_OK },      { 0755, TRUST_OK },
		   { 0620, TRUST_REFUSED }, { 0602, TRUST_REFUSED }, { 0666, TRUST_REFUSED } };

START_TEST(a_file_that_others_can_write_is_refused)
{
	ck_assert_int_eq(chmod(in_scratch("home/rules"), file_modes[_i].mode), 0);
	ck_assert_int_eq(look_at("home/rules", me), file_modes[_i].trust);
	if (file_modes[_i].trust == TRUST_REFUSED)
		ck_assert_ptr_nonnull(strstr(why.text, "chmod go-w"));
}
END_TEST

static const struct {
	mode_t mode;
	Trust trust;
} directory_modes[] = {
	{ 0700, TRUST_OK }, { 0755, TRUST_OK }, { 01777, TRUST_OK }, { 0757, TRUST_REFUSED }
};

START_TEST(a_directory_that_others_can_write_is_refused)
{
	ck_assert_int_eq(chmod(in_scratch("home"), directory_modes[_i].mode), 0);
	ck_assert_int_eq(look_at("home/rules", me), directory_modes[_i].trust);
	ck_assert_int_eq(look_at("home/sieve/rules", me), directory_modes[_i].trust);
}
END_TEST

START_TEST(links_of_ones_own_are_followed)
{
	ck_assert_int_eq(symlink("sieve/rules", in_scratch("home/.dovecot.sieve")), 0);
	ck_assert_msg(look_at("home/.dovecot.sieve", me) == TRUST_OK, "%s", why.text);
	ck_assert_int_eq(symlink(in_scratch("home/.dovecot.sieve"), in_scratch("home/sieve/again")), 0);
	ck_assert_msg(look_at("home/sieve/again", me) == TRUST_OK, "%s", why.text);
	ck_assert_int_eq(symlink("home", in_scratch("other")), 0);
	ck_assert_msg(look_at("other/sieve/again", me) == TRUST_OK, "%s", why.text);
}
END_TEST

START_TEST(what_a_link_leads_through_is_judged)
{
	ck_assert_int_eq(mkdir(in_scratch("open"), 0755), 0);
	write_scratch("open/rules", "keep;", 0600);
	ck_assert_int_eq(symlink("../open/rules", in_scratch("home/link")), 0);
	ck_assert_msg(look_at("home/link", me) == TRUST_OK, "%s", why.text);
	ck_assert_int_eq(chmod(in_scratch("open"), 0777), 0);
	ck_assert_int_eq(look_at("home/link", me), TRUST_REFUSED);
	ck_assert_ptr_nonnull(strstr(why.text, "/open"));
	ck_assert_int_eq(symlink("../open", in_scratch("home/way")), 0);
	ck_assert_int_eq(look_at("home/way/rules", me), TRUST_REFUSED);
}
END_TEST

START_TEST(links_in_a_circle_cannot_be_read)
{
	ck_assert_int_eq(symlink("b", in_scratch("home/a")), 0);
	ck_assert_int_eq(symlink("a", in_scratch("home/b")), 0);
	ck_assert_int_eq(look_at("home/a", me), TRUST_UNREADABLE);
}
END_TEST

START_TEST(what_is_no_file_is_refused_without_waiting)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	ck_assert_int_eq(mkfifo(in_scratch("home/fifo"), 0600), 0);
	ck_assert_int_eq(look_at("home/fifo", me), TRUST_REFUSED);
	ck_assert_int_eq(look_at("home/sieve", me), TRUST_REFUSED);
	snprintf(address.sun_path, sizeof address.sun_path, "%.90s", in_scratch("home/sock"));
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(look_at("home/sock", me), TRUST_UNREADABLE);
	close(fd);
}
END_TEST

static bool only_root_can(void)
{
	if (me == 0)
		return true;
	printf("skipped: only root can give files away\n");
	return false;
}

enum {
	OWNER = 54321,
	STRANGER = 54322
};

static void give(const char *name, uid_t uid)
{
	ck_assert_int_eq(lchown(in_scratch(name), uid, (gid_t)-1), 0);
}

START_TEST(files_and_directories_of_root_count_as_the_users)
{
	if (only_root_can())
		ck_assert_msg(look_at("home/sieve/rules", OWNER) == TRUST_OK, "%s", why.text);
}
END_TEST

START_TEST(a_strangers_file_directory_or_link_is_refused)
{
	if (!only_root_can())
		return;
	give("home", OWNER);
	give("home/rules", STRANGER);
	ck_assert_int_eq(look_at("home/rules", OWNER), TRUST_REFUSED);
	ck_assert_ptr_nonnull(strstr(why.text, "uid 54322"));
	give("home/sieve", STRANGER);
	ck_assert_int_eq(look_at("home/sieve/rules", OWNER), TRUST_REFUSED);
	/* It may be /home: that is not to be given to one of those who live in it. */
	ck_assert_ptr_nonnull(strstr(why.text, "'chown root "));
	give("home/sieve", OWNER);
	ck_assert_int_eq(symlink("sieve/rules", in_scratch("home/link")), 0);
	give("home/link", STRANGER);
	ck_assert_int_eq(look_at("home/link", OWNER), TRUST_REFUSED);
	ck_assert_int_eq(look_at("home/rules", me), TRUST_REFUSED);
	give("home/link", OWNER);
	ck_assert_int_eq(look_at("home/link", OWNER), TRUST_OK);
}
END_TEST

START_TEST(a_group_may_write_to_a_directory_of_root_alone)
{
	if (!only_root_can())
		return;
	ck_assert_int_eq(chmod(in_scratch("home"), 0775), 0);
	ck_assert_int_eq(look_at("home/rules", OWNER), TRUST_OK);
	give("home", OWNER);
	ck_assert_int_eq(look_at("home/rules", OWNER), TRUST_REFUSED);
}
END_TEST

static void read_as_a_user(void *with)
{
	int fd = -1;

	(void)with;
	if (setresuid(OWNER, OWNER, OWNER) < 0)
		_exit(1);
	_exit(10 + (int)trusted_open(in_scratch("home/rules"), OWNER, &fd, &why));
}

START_TEST(what_may_not_be_read_is_unreadable)
{
	if (!only_root_can())
		return;
	ck_assert_int_eq(chmod(scratch, 0755), 0);
	ck_assert_int_eq(forked(read_as_a_user, NULL).status, 10 + TRUST_OK);
	ck_assert_int_eq(chmod(in_scratch("home/rules"), 0600), 0);
	ck_assert_int_eq(forked(read_as_a_user, NULL).status, 10 + TRUST_UNREADABLE);
	ck_assert_int_eq(chmod(in_scratch("home"), 0600), 0);
	ck_assert_int_eq(forked(read_as_a_user, NULL).status, 10 + TRUST_UNREADABLE);
}
END_TEST

/* What others cannot write they can give a second name, where they may make one. */
START_TEST(a_second_name_counts_nothing_where_others_could_have_given_it)
{
	ck_assert_int_eq(link(in_scratch("home/sieve/rules"), in_scratch("home/second")), 0);
	ck_assert_int_eq(symlink("sieve/rules", in_scratch("home/link")), 0);
	ck_assert_int_eq(
		linkat(AT_FDCWD, in_scratch("home/link"), AT_FDCWD, in_scratch("home/second-link"), 0), 0);
	ck_assert_msg(look_at("home/second", me) == TRUST_OK, "%s", why.text);
	ck_assert_msg(look_at("home/second-link", me) == TRUST_OK, "%s", why.text);
	ck_assert_int_eq(chmod(in_scratch("home"), 01777), 0);
	ck_assert_int_eq(look_at("home/second", me), TRUST_REFUSED);
	ck_assert_ptr_nonnull(strstr(why.text, "2 names"));
	ck_assert_int_eq(look_at("home/second-link", me), TRUST_REFUSED);
	ck_assert_int_eq(unlink(in_scratch("home/link")), 0);
	ck_assert_msg(look_at("home/second-link", me) == TRUST_OK, "%s", why.text);
	ck_assert_int_eq(unlink(in_scratch("home/sieve/rules")), 0);
	ck_assert_msg(look_at("home/second", me) == TRUST_OK, "%s", why.text);
}
END_TEST

static void count_wrong(void *self, const char *path, const struct stat *entry, const char *wrong)
{
	(void)path, (void)entry;
	*(int *)self += wrong != NULL;
}

START_TEST(a_second_name_is_told)
{
	int wrong = 0;

	ck_assert_int_eq(link(in_scratch("home/rules"), in_scratch("home/second")), 0);
	ck_assert_int_eq(chmod(in_scratch("home"), 01777), 0);
	ck_assert_int_eq(trusted_look(in_scratch("home/second"), me, count_wrong, &wrong, &why),
			 TRUST_REFUSED);
	ck_assert_int_eq(wrong, 1);
}
END_TEST

static gid_t own_group = (gid_t)-1; /* the owner's, as far as the paths below are asked about */

/* Where a path leads, from the scratch directory; NULL when it is refused, with an errno or without. */
static const char *resolve(const char *name, uid_t owner, int error)
{
	static char resolved[PATH_MAX], real[PATH_MAX];

	why = (Failure){ 0 };
	ck_assert_ptr_nonnull(realpath(scratch, real));
	if (!trusted_resolve(in_scratch(name), owner, own_group, resolved, &why)) {
		ck_assert_int_eq(why.error, error);
		return NULL;
	}
	ck_assert_int_eq(strncmp(resolved, real, strlen(real)), 0);
	return resolved + strlen(real);
}

START_TEST(links_lead_where_one_has_put_them_oneself)
{
	ck_assert_str_eq(resolve("home/../home//sieve/.", me, 0), "/home/sieve");
	ck_assert_int_eq(symlink("home/sieve", in_scratch("link")), 0);
	ck_assert_int_eq(symlink(in_scratch("link"), in_scratch("home/again")), 0);
	ck_assert_str_eq(resolve("home/again", me, 0), "/home/sieve");
	ck_assert_str_eq(resolve("home/again/..", me, 0), "/home");
	ck_assert_ptr_null(resolve("home/again/none", me, ENOENT));
	ck_assert_int_eq(symlink("circle", in_scratch("circle")), 0);
	ck_assert_ptr_null(resolve("circle", me, 0));
}
END_TEST

START_TEST(links_do_not_lead_where_others_could_have_put_them)
{
	ck_assert_int_eq(mkdir(in_scratch("spool"), 0755), 0);
	ck_assert_int_eq(symlink("../home/sieve", in_scratch("spool/link")), 0);
	ck_assert_int_eq(chmod(in_scratch("spool"), 0777), 0);
	ck_assert_ptr_null(resolve("spool/link", me, 0));
	ck_assert_ptr_nonnull(strstr(why.text, "stands where others can put one; 'chmod "));
	ck_assert_int_eq(chmod(in_scratch("spool"), 01777), 0);
	ck_assert_str_eq(resolve("spool/link", me, 0), "/home/sieve");
	ck_assert_int_eq(linkat(AT_FDCWD, in_scratch("spool/link"), AT_FDCWD, in_scratch("spool/twice"), 0),
			 0);
	ck_assert_ptr_null(resolve("spool/twice", me, 0));
	ck_assert_int_eq(unlink(in_scratch("spool/twice")), 0);
	if (!only_root_can())
		return;
	give("spool/link", STRANGER);
	ck_assert_ptr_null(resolve("spool/link", OWNER, 0));
	ck_assert_ptr_null(resolve("spool/link", me, 0));
	ck_assert_int_eq(chmod(in_scratch("spool"), 0775), 0);
	ck_assert_str_eq(resolve("spool/link", OWNER, 0),
			 "/home/sieve"); /* root's directory, and its group's */
	give("spool", OWNER);
	ck_assert_ptr_null(resolve("spool/link", OWNER, 0));
	ck_assert_int_eq(chmod(in_scratch("spool"), 0755), 0);
	ck_assert_str_eq(resolve("spool/link", OWNER, 0),
			 "/home/sieve"); /* put there by him, whoever made it */
}
END_TEST

/* umask 002, and a group that has the user's name. */
START_TEST(the_users_own_group_may_write_where_links_lead_to_mail)
{
	struct stat home;

	ck_assert_int_eq(symlink("sieve", in_scratch("home/link")), 0);
	ck_assert_int_eq(stat(in_scratch("home"), &home), 0);
	own_group = home.st_gid;
	if (!only_root_can())
		return;
	ck_assert_int_eq(chown(in_scratch("home"), OWNER, own_group), 0);
	ck_assert_int_eq(chmod(in_scratch("home"), 0775), 0);
	ck_assert_str_eq(resolve("home/link", OWNER, 0), "/home/sieve");
	ck_assert_int_eq(chmod(in_scratch("home"), 0777), 0);
	ck_assert_ptr_null(resolve("home/link", OWNER, 0));
	ck_assert_int_eq(chmod(in_scratch("home"), 0775), 0);
	own_group++;
	ck_assert_ptr_null(resolve("home/link", OWNER, 0));
}
END_TEST

/* "vmail", or "mail": whoever could not have put his directory there himself was given it. */
START_TEST(the_site_may_let_another_have_the_directory)
{
	int fd;

	if (!only_root_can())
		return;
	ck_assert_int_eq(mkdir(in_scratch("spool"), 0755), 0);
	ck_assert_int_eq(mkdir(in_scratch("spool/mail"), 0755), 0);
	ck_assert_int_eq(symlink("../../home/sieve", in_scratch("spool/mail/link")), 0);
	give("spool/mail", STRANGER);
	fd = open(in_scratch("spool/mail"), O_PATH | O_DIRECTORY);
	ck_assert_int_eq(chmod(in_scratch("spool/mail"), 0775), 0);
	ck_assert_str_eq(resolve("spool/mail/link", OWNER, 0), "/home/sieve");
	ck_assert_msg(trusted_place(in_scratch("spool/mail"), fd, OWNER, OWNER, &why), "%s", why.text);
	ck_assert_int_eq(chmod(in_scratch("spool/mail"), 0777), 0);
	ck_assert_ptr_null(resolve("spool/mail/link", OWNER, 0));
	ck_assert_int_eq(chmod(in_scratch("spool/mail"), 01777), 0);
	ck_assert_msg(trusted_place(in_scratch("spool/mail"), fd, OWNER, OWNER, &why), "%s", why.text);
	ck_assert_str_eq(resolve("spool/mail/link", OWNER, 0), "/home/sieve"); /* root's */
	give("spool/mail/link", STRANGER);
	ck_assert_ptr_null(resolve("spool/mail/link", OWNER, 0));
	ck_assert_int_eq(chmod(in_scratch("spool/mail"), 0755), 0);
	ck_assert_str_eq(resolve("spool/mail/link", OWNER, 0), "/home/sieve");
	/* He could have made it here, and what is in it. */
	ck_assert_int_eq(chmod(in_scratch("spool"), 01777), 0);
	ck_assert_ptr_null(resolve("spool/mail/link", OWNER, 0));
	ck_assert_ptr_nonnull(strstr(why.text, "who could have put it there; 'chown root "));
	ck_assert(!trusted_place(in_scratch("spool/mail"), fd, OWNER, OWNER, &why));
	give("spool/mail/link", OWNER);
	ck_assert_int_eq(chmod(in_scratch("spool/mail"), 01777), 0);
	ck_assert_ptr_null(resolve("spool/mail/link", OWNER, 0));
	/* A directory of root's by now is not the one that was opened. */
	ck_assert_int_eq(rename(in_scratch("spool/mail"), in_scratch("spool/was")), 0);
	ck_assert_int_eq(mkdir(in_scratch("spool/mail"), 0755), 0);
	ck_assert(!trusted_place(in_scratch("spool/mail"), fd, OWNER, OWNER, &why));
	ck_assert_ptr_nonnull(strstr(why.text, "was replaced"));
	close(fd);
}
END_TEST

START_TEST(a_directory_is_the_one_that_was_opened)
{
	int fd = open(in_scratch("home/sieve"), O_RDONLY | O_DIRECTORY);

	ck_assert_msg(trusted_directory(in_scratch("home/sieve"), fd, me, &why), "%s", why.text);
	ck_assert_int_eq(rename(in_scratch("home/sieve"), in_scratch("home/was")), 0);
	ck_assert_int_eq(mkdir(in_scratch("home/sieve"), 0700), 0);
	ck_assert(!trusted_directory(in_scratch("home/sieve"), fd, me, &why));
	ck_assert_ptr_nonnull(strstr(why.text, "was replaced"));
	ck_assert_msg(trusted_directory(in_scratch("home/was"), fd, me, &why), "%s", why.text);
	close(fd);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trust");
	TCase *files = tcase_create("files");

	tcase_add_checked_fixture(files, setup, scratch_remove);
	tcase_add_test(files, a_file_of_ones_own_is_opened);
	tcase_add_test(files, a_path_from_the_working_directory_is_judged_too);
	tcase_add_test(files, what_is_not_there_is_absent);
	tcase_add_loop_test(files, a_file_that_others_can_write_is_refused, 0,
			    sizeof file_modes / sizeof file_modes[0]);
	tcase_add_loop_test(files, a_directory_that_others_can_write_is_refused, 0,
			    sizeof directory_modes / sizeof directory_modes[0]);
	tcase_add_test(files, links_of_ones_own_are_followed);
	tcase_add_test(files, what_a_link_leads_through_is_judged);
	tcase_add_test(files, links_in_a_circle_cannot_be_read);
	tcase_add_test(files, what_is_no_file_is_refused_without_waiting);
	tcase_add_test(files, files_and_directories_of_root_count_as_the_users);
	tcase_add_test(files, a_strangers_file_directory_or_link_is_refused);
	tcase_add_test(files, a_group_may_write_to_a_directory_of_root_alone);
	tcase_add_test(files, what_may_not_be_read_is_unreadable);
	tcase_add_test(files, a_second_name_counts_nothing_where_others_could_have_given_it);
	tcase_add_test(files, a_second_name_is_told);
	tcase_add_test(files, links_lead_where_one_has_put_them_oneself);
	tcase_add_test(files, links_do_not_lead_where_others_could_have_put_them);
	tcase_add_test(files, the_users_own_group_may_write_where_links_lead_to_mail);
	tcase_add_test(files, the_site_may_let_another_have_the_directory);
	tcase_add_test(files, a_directory_is_the_one_that_was_opened);
	suite_add_tcase(suite, files);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
