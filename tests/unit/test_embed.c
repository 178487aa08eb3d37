/* test_embed - the C interface: what its header promises to those who embed it */
#include <check.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trommel/trommel.h"

static const char mail[] = "From a@b Thu Jan  1 12:00:00 2026\n"
			   "Subject: for the list\n"
			   "To: me@example.org\n"
			   "\n"
			   "body\n";

/* What was found, one after the other. */
typedef struct Report {
	unsigned errors, warnings, line, column;
	char printed[1000], suggestion[100];
} Report;

static void take_down(void *self, const TrommelFinding *finding)
{
	Report *report = self;

	report->errors += finding->is_error != 0;
	report->warnings += !finding->is_error;
	report->line = finding->line;
	report->column = finding->column;
	snprintf(report->printed, sizeof report->printed, "%s", finding->printed);
	snprintf(report->suggestion, sizeof report->suggestion, "%s",
		 finding->suggestion ? finding->suggestion : "");
}

static TrommelScript *compile(const char *source)
{
	Report report = { 0 };
	TrommelSetup setup = TROMMEL_SETUP;

	setup.report = take_down;
	setup.self = &report;
	TrommelScript *script = trommel_script_compile("rules", source, strlen(source), &setup);
	ck_assert_msg(script, "%s", report.printed);
	return script;
}

static TrommelPlan *run(const char *source, const TrommelEnvelope *envelope, const TrommelWorld *world)
{
	TrommelScript *script = compile(source);
	TrommelPlan *plan = trommel_script_run(script, mail, sizeof mail - 1, envelope, world);

	trommel_script_free(script); /* a plan stands alone */
	return plan;
}

START_TEST(actions_come_in_order_with_all_that_belongs_to_them)
{
	TrommelPlan *plan = run("require [\"fileinto\", \"imap4flags\", \"copy\", \"mailbox\"];\n"
				"if header :contains \"subject\" \"list\" {\n"
				"  fileinto :copy :create :flags [\"\\\\Seen\", \"work\"] \"Lists\";\n"
				"  redirect :copy \"me@example.net\";\n"
				"}\n",
				NULL, NULL);
	const TrommelAction *action = trommel_plan_action(plan, 0);

	ck_assert_int_eq(trommel_plan_outcome(plan), TROMMEL_DECIDED);
	ck_assert_ptr_null(trommel_plan_error(plan));
	ck_assert_uint_eq(trommel_plan_count(plan), 3);
	ck_assert_int_eq(action->kind, TROMMEL_FILEINTO);
	ck_assert_str_eq(action->folder, "Lists");
	ck_assert(action->create && !action->implicit);
	ck_assert_uint_eq(action->flag_count, 2);
	ck_assert_str_eq(action->flags[0], "\\Seen");
	ck_assert_uint_eq(action->line, 3);
	action = trommel_plan_action(plan, 1);
	ck_assert_int_eq(action->kind, TROMMEL_REDIRECT);
	ck_assert_str_eq(action->address, "me@example.net");
	action = trommel_plan_action(plan, 2);
	ck_assert_int_eq(action->kind, TROMMEL_KEEP);
	ck_assert(action->implicit);
	ck_assert_ptr_null(trommel_plan_action(plan, 3));
	ck_assert_ptr_nonnull(strstr(trommel_plan_text(plan), "redirect to \"me@example.net\" [line 4]\n"));
	trommel_plan_free(plan);
}
END_TEST

START_TEST(a_discarded_message_is_not_kept)
{
	TrommelPlan *plan = run("discard;", NULL, NULL);

	ck_assert_uint_eq(trommel_plan_count(plan), 1);
	ck_assert_int_eq(trommel_plan_action(plan, 0)->kind, TROMMEL_DISCARD);
	trommel_plan_free(plan);
}
END_TEST

START_TEST(a_script_runs_on_many_messages)
{
	TrommelScript *script = compile("require \"fileinto\";\n"
					"if header :contains \"subject\" \"list\" { fileinto \"Lists\"; }");
	static const char other[] = "Subject: hello\r\n\r\nbody\r\n";

	for (int i = 0; i < 3; i++) {
		TrommelPlan *one = trommel_script_run(script, mail, sizeof mail - 1, NULL, NULL);
		TrommelPlan *two = trommel_script_run(script, other, sizeof other - 1, NULL, NULL);
		TrommelPlan *none = trommel_script_run(script, "", 0, NULL, NULL);

		ck_assert_int_eq(trommel_plan_action(one, 0)->kind, TROMMEL_FILEINTO);
		ck_assert_int_eq(trommel_plan_action(two, 0)->kind, TROMMEL_KEEP);
		ck_assert_int_eq(trommel_plan_action(none, 0)->kind, TROMMEL_KEEP);
		trommel_plan_free(one);
		trommel_plan_free(two);
		trommel_plan_free(none);
	}
	trommel_script_free(script);
}
END_TEST

static void *run_often(void *self)
{
	const char *charset = self;
	char message[100];
	TrommelScript *script = compile(
		"require \"fileinto\"; if header :is \"subject\" \"aba\" { fileinto \"A\"; }");
	size_t wrong = 0;
	int length = snprintf(message, sizeof message, "Subject: =?%s?q?aba?=\n\n", charset);

	for (int i = 0; i < 3000; i++) {
		TrommelPlan *plan = trommel_script_run(script, message, (size_t)length, NULL, NULL);

		wrong += trommel_plan_action(plan, 0)->kind != TROMMEL_FILEINTO;
		trommel_plan_free(plan);
	}
	trommel_script_free(script);
	return wrong ? self : NULL;
}

START_TEST(scripts_run_side_by_side)
{
	static char charsets[][12] = { "koi8-r", "iso-8859-2", "koi8-u", "big5" };
	pthread_t threads[4];
	void *wrong;

	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, run_often, charsets[i]), 0);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &wrong), 0);
		ck_assert_ptr_null(wrong);
	}
}
END_TEST

static pthread_barrier_t start;

static void *run_on_parts(void *script)
{
	static const char parts[] = "Content-Type: multipart/mixed; boundary*=koi8-r''xx\n\n--xx\n"
				    "Content-Transfer-Encoding: quoted-printable\n"
				    "Content-Type: text/plain; charset=koi8-r; name=\"=?koi8-r?q?=C1?=\"\n\n"
				    "=C1\n--xx--\n";
	TrommelPlan *plan;
	bool done;

	pthread_barrier_wait(&start);
	plan = trommel_script_run(script, parts, sizeof parts - 1, NULL, NULL);
	done = trommel_plan_action(plan, 0)->kind == TROMMEL_FILEINTO;
	trommel_plan_free(plan);
	return done ? NULL : script;
}

/* In a process of its own each time: what they have in common is made by whoever comes first. */
START_TEST(the_first_ones_to_look_into_parts_may_come_together)
{
	TrommelScript *scripts[4];
	pthread_t threads[4];
	void *wrong;

	pthread_barrier_init(&start, NULL, 4);
	for (size_t i = 0; i < 4; i++)
		scripts[i] = compile("require [\"body\", \"fileinto\"];\n"
				     "if body :text :contains \"\u0430\" { fileinto \"A\"; }");
	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, run_on_parts, scripts[i]), 0);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &wrong), 0);
		ck_assert_ptr_null(wrong);
		trommel_script_free(scripts[i]);
	}
}
END_TEST

START_TEST(mistakes_are_reported_with_their_place)
{
	static const char source[] = "require \"fileinto\";\nif hedaer \"a\" \"b\" { keep; }\n";
	Report report = { 0 };
	TrommelSetup setup = TROMMEL_SETUP;

	setup.report = take_down;
	setup.self = &report;
	ck_assert_ptr_null(trommel_script_compile("rules", source, sizeof source - 1, &setup));
	ck_assert_uint_eq(report.errors, 1);
	ck_assert_uint_eq(report.line, 2);
	ck_assert_uint_eq(report.column, 4);
	ck_assert_str_eq(report.suggestion, "did you mean 'header'?");
	ck_assert_int_eq(strncmp(report.printed, "rules:2:4: error: ", 18), 0);
	ck_assert_ptr_null(trommel_script_compile("rules", source, sizeof source - 1, NULL));
}
END_TEST

START_TEST(what_no_action_can_tell_does_not_compile)
{
	static const char *const scripts[] = {
		"require \"vacation\"; vacation \"away\";",
		"require \"reject\"; reject \"no\";",
		"require \"editheader\"; addheader \"X-A\" \"b\";",
		"require \"vnd.dovecot.pipe\"; pipe \"printer\";",
	};
	Report report = { 0 };
	TrommelSetup setup = TROMMEL_SETUP;
	const char *source = scripts[_i];

	setup.report = take_down;
	setup.self = &report;
	ck_assert_ptr_null(trommel_script_compile("rules", source, strlen(source), &setup));
	ck_assert_uint_eq(report.errors, 1);
	ck_assert_ptr_nonnull(strstr(report.printed, "cannot be carried out where this script is to run"));
}
END_TEST

START_TEST(the_implicit_keep_goes_where_the_rules_say)
{
	TrommelPlan *plan = run("require \"vnd.cyrus.implicit_keep_target\"; implicit_keep_target \"Else\";",
				NULL, NULL);
	const TrommelAction *action = trommel_plan_action(plan, 0);

	ck_assert_uint_eq(trommel_plan_count(plan), 1);
	ck_assert_int_eq(action->kind, TROMMEL_FILEINTO);
	ck_assert_str_eq(action->folder, "Else");
	ck_assert(action->implicit);
	trommel_plan_free(plan);
}
END_TEST

START_TEST(the_envelope_is_seen)
{
	static const char source[] =
		"require [\"envelope\", \"subaddress\", \"fileinto\", \"date\"];\n"
		"if envelope :detail \"to\" \"lists\" { fileinto \"detail\"; }\n"
		"if envelope \"from\" \"\" { fileinto \"bounce\"; }\n"
		"if currentdate :zone \"+0000\" \"year\" \"1999\" { fileinto \"old\"; }\n";
	TrommelEnvelope envelope = TROMMEL_ENVELOPE;

	envelope.sender = "";
	envelope.recipient = "me+lists@example.org";
	envelope.detail = "lists";
	envelope.now = 928195200; /* 1999-06-01 */
	TrommelPlan *plan = run(source, &envelope, NULL);
	ck_assert_uint_eq(trommel_plan_count(plan), 3);
	trommel_plan_free(plan);
}
END_TEST

static int folder_exists(void *self, const char *folder)
{
	(void)folder;
	return *(int *)self;
}

static const struct {
	int answer;
	TrommelOutcome outcome;
	size_t count;
	TrommelActionKind kind;
} answers[] = {
	{ 1, TROMMEL_DECIDED, 1, TROMMEL_FILEINTO },
	{ 0, TROMMEL_DECIDED, 1, TROMMEL_KEEP },
	{ -1, TROMMEL_LATER, 0, 0 },
};
START_TEST(the_world_is_asked)
{
	int answer = answers[_i].answer;
	TrommelWorld world = { sizeof world, folder_exists, &answer };
	TrommelPlan *plan = run("require [\"mailbox\", \"fileinto\"];\n"
				"if mailboxexists \"Lists\" { fileinto \"Lists\"; }",
				NULL, &world);

	ck_assert_int_eq(trommel_plan_outcome(plan), answers[_i].outcome);
	ck_assert_uint_eq(trommel_plan_count(plan), answers[_i].count);
	if (answers[_i].count)
		ck_assert_int_eq(trommel_plan_action(plan, 0)->kind, answers[_i].kind);
	ck_assert_int_eq(trommel_plan_error(plan) != NULL, answers[_i].outcome == TROMMEL_LATER);
	trommel_plan_free(plan);
}
END_TEST

START_TEST(what_fails_keeps_the_message_and_says_why)
{
	TrommelPlan *plan = run("require [\"variables\", \"fileinto\"];\n"
				"set \"up\" \"..\";\nfileinto \"${up}/${up}/x\";",
				NULL, NULL);

	ck_assert_int_eq(trommel_plan_outcome(plan), TROMMEL_FAILED);
	ck_assert_ptr_nonnull(trommel_plan_error(plan));
	ck_assert_uint_eq(trommel_plan_count(plan), 1);
	ck_assert_int_eq(trommel_plan_action(plan, 0)->kind, TROMMEL_KEEP);
	trommel_plan_free(plan);
}
END_TEST

/* A caller that was compiled when the struct was shorter. */
START_TEST(a_shorter_struct_is_an_older_one)
{
	static const char source[] = "redirect \"a@example.org\"; redirect \"b@example.org\";";
	TrommelSetup setup = TROMMEL_SETUP;
	TrommelScript *script;

	setup.redirect_max = 1;
	script = trommel_script_compile("rules", source, sizeof source - 1, &setup);
	if (script) {
		TrommelPlan *plan = trommel_script_run(script, mail, sizeof mail - 1, NULL, NULL);

		ck_assert_int_eq(trommel_plan_outcome(plan), TROMMEL_FAILED);
		trommel_plan_free(plan);
	}
	trommel_script_free(script);
	setup.size = offsetof(TrommelSetup, redirect_max);
	script = trommel_script_compile("rules", source, sizeof source - 1, &setup);
	ck_assert_ptr_nonnull(script);
	TrommelPlan *plan = trommel_script_run(script, mail, sizeof mail - 1, NULL, NULL);
	ck_assert_int_eq(trommel_plan_outcome(plan), TROMMEL_DECIDED);
	trommel_plan_free(plan);
	trommel_script_free(script);
}
END_TEST

START_TEST(nothing_can_be_freed)
{
	trommel_script_free(NULL);
	trommel_plan_free(NULL);
	ck_assert_str_eq(trommel_version(), TROMMEL_VERSION);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("embed");
	TCase *tests = tcase_create("embed");
	SRunner *runner;
	int failed;

	tcase_add_test(tests, actions_come_in_order_with_all_that_belongs_to_them);
	tcase_add_test(tests, a_discarded_message_is_not_kept);
	tcase_add_test(tests, a_script_runs_on_many_messages);
	tcase_add_test(tests, scripts_run_side_by_side);
	tcase_add_loop_test(tests, the_first_ones_to_look_into_parts_may_come_together, 0, 100);
	tcase_add_test(tests, mistakes_are_reported_with_their_place);
	tcase_add_loop_test(tests, what_no_action_can_tell_does_not_compile, 0, 4);
	tcase_add_test(tests, the_implicit_keep_goes_where_the_rules_say);
	tcase_add_test(tests, the_envelope_is_seen);
	tcase_add_loop_test(tests, the_world_is_asked, 0, sizeof answers / sizeof *answers);
	tcase_add_test(tests, what_fails_keeps_the_message_and_says_why);
	tcase_add_test(tests, a_shorter_struct_is_an_older_one);
	tcase_add_test(tests, nothing_can_be_freed);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
