/* Who has become the recipient is nobody else any more, and cannot go back. */
#include "system/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "forked.h"

/* Numbers that no account has: nothing on the machine belongs to them. */
enum {
	A_UID = 54321,
	A_GID = 54322,
	SPOOL_GID = 54323,
	OTHER_UID = 54324
};

static User a_user = { .name = (char *)"trommel-test", .uid = A_UID, .gid = A_GID };

static bool only_root_can(void)
{
	if (geteuid() == 0)
		return true;
	printf("skipped: only root can become somebody\n");
	return false;
}

/* Says what is wrong on standard error, where `forked` collects it. */
static void require_that(bool true_it_is, const char *what)
{
	if (true_it_is)
		return;
	fprintf(stderr, "not so: %s (%s)\n", what, strerror(errno));
	_exit(1);
}
#define REQUIRE(it) require_that(it, #it)

static void become(const User *user, gid_t spool)
{
	Failure why = { 0 };

	if (!privileges_become(user, spool, &why)) {
		fprintf(stderr, "%d %s\n", failure_exit_status(&why), why.text);
		_exit(failure_exit_status(&why));
	}
}

static void require_ids(uid_t uid, gid_t gid, gid_t effective, gid_t saved)
{
	uid_t u[3];
	gid_t g[3];

	REQUIRE(getresuid(&u[0], &u[1], &u[2]) == 0 && getresgid(&g[0], &g[1], &g[2]) == 0);
	REQUIRE(u[0] == uid && u[1] == uid && u[2] == uid);
	REQUIRE(g[0] == gid);
	REQUIRE(g[1] == effective);
	REQUIRE(g[2] == saved);
}

static void require_no_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[2];

	REQUIRE(syscall(SYS_capget, &header, caps) == 0);
	REQUIRE(caps[0].effective == 0 && caps[0].permitted == 0 && caps[1].permitted == 0);
}

static void root_becomes_a_user(void *with)
{
	gid_t groups[64];

	(void)with;
	REQUIRE(setgroups(3, (gid_t[]){ 0, 4, SPOOL_GID }) == 0);
	become(&a_user, NO_GROUP);
	require_ids(A_UID, A_GID, A_GID, A_GID);
	REQUIRE(getgroups(64, groups) == 1 && groups[0] == A_GID);
	REQUIRE(setuid(0) < 0 && seteuid(0) < 0 && setgid(0) < 0 && setgid(SPOOL_GID) < 0);
	require_no_capabilities();
	REQUIRE(privileges_spool_group() == NO_GROUP);
	REQUIRE(privileges_raise_spool_group());
	REQUIRE(getegid() == A_GID);
}

static void root_keeps_the_spool_group(void *with)
{
	(void)with;
	become(&a_user, SPOOL_GID);
	require_ids(A_UID, A_GID, A_GID, SPOOL_GID);
	REQUIRE(privileges_spool_group() == SPOOL_GID);
	REQUIRE(privileges_raise_spool_group());
	require_ids(A_UID, A_GID, SPOOL_GID, SPOOL_GID);
	errno = ENOSPC;
	privileges_lower_spool_group();
	REQUIRE(errno == ENOSPC);
	require_ids(A_UID, A_GID, A_GID, SPOOL_GID);
	REQUIRE(privileges_drop_spool_group());
	require_ids(A_UID, A_GID, A_GID, A_GID);
	REQUIRE(setegid(SPOOL_GID) < 0);
	REQUIRE(privileges_raise_spool_group());
	require_ids(A_UID, A_GID, A_GID, A_GID);
}

static void root_is_asked_for_its_own_group(void *with)
{
	(void)with;
	become(&a_user, 0);
	require_ids(A_UID, A_GID, A_GID, A_GID);
}

static void root_keeps_capabilities(void *with)
{
	(void)with;
	REQUIRE(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP | SECBIT_KEEP_CAPS) == 0);
	become(&a_user, NO_GROUP);
	require_no_capabilities();
	require_ids(A_UID, A_GID, A_GID, A_GID);
}

static void root_stays_root(void *with)
{
	User root = { .name = (char *)"root" };

	(void)with;
	become(&root, SPOOL_GID);
	require_ids(0, 0, 0, SPOOL_GID);
}

static void become_with_ids(uid_t real, uid_t effective, gid_t real_gid, gid_t effective_gid)
{
	REQUIRE(setgroups(0, NULL) == 0);
	REQUIRE(setresgid(real_gid, effective_gid, effective_gid) == 0);
	REQUIRE(setresuid(real, effective, effective) == 0);
}

static void a_user_stays_himself(void *with)
{
	(void)with;
	become_with_ids(A_UID, A_UID, A_GID, A_GID);
	become(&a_user, SPOOL_GID);
	require_ids(A_UID, A_GID, A_GID, A_GID);
	REQUIRE(privileges_spool_group() == NO_GROUP);
}

static void a_user_has_a_set_gid_spool(void *with)
{
	(void)with;
	become_with_ids(A_UID, A_UID, A_GID, SPOOL_GID);
	become(&a_user, SPOOL_GID);
	require_ids(A_UID, A_GID, A_GID, SPOOL_GID);
	REQUIRE(privileges_raise_spool_group());
	require_ids(A_UID, A_GID, SPOOL_GID, SPOOL_GID);
	privileges_lower_spool_group();
	require_ids(A_UID, A_GID, A_GID, SPOOL_GID);
}

static void a_user_has_a_set_gid_of_another_group(void *with)
{
	(void)with;
	become_with_ids(A_UID, A_UID, A_GID, SPOOL_GID);
	become(&a_user, NO_GROUP);
	require_ids(A_UID, A_GID, A_GID, A_GID);
	REQUIRE(setegid(SPOOL_GID) < 0);
}

static void a_user_is_nobody_elses(void *with)
{
	(void)with;
	become_with_ids(OTHER_UID, OTHER_UID, A_GID, A_GID);
	become(&a_user, NO_GROUP);
}

static void a_set_uid_bit(void *with)
{
	(void)with;
	become_with_ids(A_UID, 0, A_GID, A_GID);
	become(&a_user, NO_GROUP);
}

static const struct {
	void (*story)(void *);
	int status;
} stories[] = {
	{ root_becomes_a_user, 0 },
	{ root_keeps_the_spool_group, 0 },
	{ root_is_asked_for_its_own_group, 0 },
	{ root_keeps_capabilities, 0 },
	{ root_stays_root, 0 },
	{ a_user_stays_himself, 0 },
	{ a_user_has_a_set_gid_spool, 0 },
	{ a_user_has_a_set_gid_of_another_group, 0 },
	{ a_user_is_nobody_elses, 77 },
	{ a_set_uid_bit, 75 },
};

START_TEST(rights_are_the_recipients_and_no_more)
{
	Outcome end;

	if (!only_root_can())
		return;
	end = forked(stories[_i].story, NULL);
	ck_assert_msg(end.status == stories[_i].status, "story %d ended with %d: %s", _i, end.status,
		      end.said);
}
END_TEST

static void stay_myself(void *with)
{
	User me = { .name = (char *)"me", .uid = geteuid(), .gid = getegid() };

	(void)with;
	become(&me, NO_GROUP);
	require_ids(me.uid, me.gid, me.gid, me.gid);
}

START_TEST(anybody_can_stay_himself)
{
	Outcome end = forked(stay_myself, NULL);

	ck_assert_msg(end.status == 0, "%s", end.said);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("privileges");
	TCase *becoming = tcase_create("becoming");

	tcase_add_loop_test(becoming, rights_are_the_recipients_and_no_more, 0,
			    sizeof stories / sizeof stories[0]);
	tcase_add_test(becoming, anybody_can_stay_himself);
	suite_add_tcase(suite, becoming);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
