/* test_calendars - objects in a directory of calendars: found, replaced at once, and only as the rules saw
 * them */
#include "delivery/calendars.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"

static char root[64];
static Calendars calendars;

static void make_root(void)
{
	snprintf(root, sizeof root, "/tmp/calendars.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	calendars = (Calendars){ .directory = root, .home = root, .owner = getuid() };
}

static void remove_root(void)
{
	char command[128];

	snprintf(command, sizeof command, "rm -rf '%s'", root);
	ck_assert_int_eq(system(command), 0);
}

static const char *digest(const char *text)
{
	static char hex[DIGEST_HEX];
	Slice bytes = slice_of(text);

	digest_of(&bytes, 1, hex);
	return hex;
}

static Action change_of(const char *text, const char *before)
{
	return (Action){
		.kind = ACTION_CALENDAR, .handle = "u1", .calendar = "default", .text = text, .before = before
	};
}

/* Prepares and commits; why not, or "". */
static const char *bring(Action action)
{
	static Failure why;
	AUTO(CalendarChange) change = NULL;

	why = (Failure){ 0 };
	change = calendar_prepare(&calendars, &action, &why);
	if (change)
		ck_assert_msg(calendar_commit(change, &why), "%s", why.text);
	return why.text;
}

/* What the world says of a UID. */
static const char *asked(const char *uid, const char *calendar)
{
	static char told[200];
	Question question = { ASK_CALENDAR, { slice_of(uid), slice_of(calendar) }, 2 };
	Answer answer = { 0 };
	Failure why = { 0 };

	ck_assert_msg(calendars_answer(&calendars, &question, &answer, &why), "%s", why.text);
	ck_assert_int_eq(answer.yes, answer.bytes.data[0] == '+');
	snprintf(told, sizeof told, "%s", text_string(&answer.bytes));
	text_clear(&answer.bytes);
	return told;
}

static unsigned files(void)
{
	char command[128];
	FILE *list;
	unsigned count = 0;

	snprintf(command, sizeof command, "find '%s' -type f | wc -l", root);
	list = popen(command, "r");
	ck_assert_int_eq(fscanf(list, "%u", &count), 1);
	pclose(list);
	return count;
}

START_TEST(an_object_is_added_replaced_and_removed)
{
	ck_assert_str_eq(asked("u1", ""), "-default");
	ck_assert_str_eq(bring(change_of("one", NULL)), "");
	ck_assert_str_eq(asked("u1", ""), "+default\none");
	ck_assert_str_eq(bring(change_of("two", digest("one"))), "");
	ck_assert_str_eq(asked("u1", ""), "+default\ntwo");
	ck_assert_uint_eq(files(), 1);
	ck_assert_str_eq(bring((Action){ .kind = ACTION_CALENDAR,
					 .handle = "u1",
					 .calendar = "default",
					 .text = "",
					 .removes = true,
					 .before = digest("two") }),
			 "");
	ck_assert_str_eq(asked("u1", ""), "-default");
	ck_assert_uint_eq(files(), 0);
}
END_TEST

/* Another delivery, or a calendar program, may have been quicker. */
START_TEST(what_is_not_as_the_rules_saw_it_is_left_alone)
{
	ck_assert_str_eq(bring(change_of("one", NULL)), "");
	ck_assert_ptr_nonnull(strstr(bring(change_of("two", NULL)), "somebody else has changed"));
	ck_assert_ptr_nonnull(strstr(bring(change_of("two", digest("other"))), "somebody else has changed"));
	ck_assert_str_eq(asked("u1", ""), "+default\none");
	ck_assert_uint_eq(files(), 1);
}
END_TEST

START_TEST(what_is_not_committed_is_taken_back)
{
	Action action = change_of("two", NULL);
	Failure why = { 0 };
	CalendarChange *change;

	ck_assert_str_eq(bring(change_of("one", NULL)), "");
	action.before = digest("one");
	change = calendar_prepare(&calendars, &action, &why);
	ck_assert_msg(change != NULL, "%s", why.text);
	ck_assert_uint_eq(files(), 3); /* the new content, and the lock */
	ck_assert_str_eq(asked("u1", ""), "+default\none");
	calendar_free(change);
	ck_assert_uint_eq(files(), 1);
	ck_assert_str_eq(asked("u1", ""), "+default\none");
}
END_TEST

START_TEST(a_calendar_is_a_directory_that_is_there)
{
	char path[100];

	snprintf(path, sizeof path, "%s/work", root);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_str_eq(asked("u1", "work"), "-work");
	ck_assert_str_eq(asked("u1", "play"), "!there is no such calendar");
	ck_assert_str_eq(asked("u1", "../work"), "!there is no such calendar");
	ck_assert_str_eq(asked("u1", "."), "!there is no such calendar");
	calendars.directory = "";
	ck_assert_str_eq(asked("u1", "work"), "0");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("calendars");
	TCase *tests = tcase_create("calendars");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, make_root, remove_root);
	tcase_add_test(tests, an_object_is_added_replaced_and_removed);
	tcase_add_test(tests, what_is_not_as_the_rules_saw_it_is_left_alone);
	tcase_add_test(tests, what_is_not_committed_is_taken_back);
	tcase_add_test(tests, a_calendar_is_a_directory_that_is_there);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
