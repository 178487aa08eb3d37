/* test_judge_rules - the real judge, from the script to the plan */
#include "delivery/judge.h"
#include "forked.h"

static Arena *arena;
static Message message;

static void set_up(void)
{
	arena = arena_new();
	message_from_bytes(&message,
			   SLICE("Subject: hello\nDate: Tue, 24 Nov 2026 08:11:22 +0000\n\nbody\n"));
	scratch_make();
}

static void tear_down(void)
{
	message_clear(&message);
	arena_free(arena);
	scratch_remove();
}

static bool lists_exists(void *self, const Question *question, Answer *answer, Failure *why)
{
	(void)self;
	(void)why;
	answer->yes = question->kind == ASK_FOLDER && slice_equal(question->arguments[0], SLICE("Lists"));
	return true;
}

static const Plan *judge(const char *script)
{
	const World world = { lists_exists, NULL };
	const Envelope envelope = { .recipient = "me", .user = "me", .home = "/" };
	const JudgeJob job = { .script_name = "rules",
			       .script_source = slice_of(script),
			       .personal_dir = scratch,
			       .owner = geteuid(),
			       .message = &message,
			       .envelope = &envelope,
			       .now = 1795516893,
			       .redirect_max = 4,
			       .recipient_delimiter = "+",
			       .cpu_s = 2,
			       .wall_s = 10,
			       .memory_mb = 256 };
	Failure why = { 0 };
	Plan *plan = NULL;

	ck_assert_msg(judge_ask(&job, &world, arena, &plan, &why), "%s", why.text);
	return plan;
}

static void assert_filed(const Plan *plan, const char *folder)
{
	ck_assert_msg(plan->outcome == PLAN_DECIDED, "%s", plan->error);
	ck_assert_uint_eq(plan->count, 1);
	ck_assert_str_eq(plan->actions[0].folder, folder);
}

START_TEST(rules_decide)
{
	const Plan *plan = judge(
		"require \"fileinto\";\n\nif header \"subject\" \"hello\" { fileinto \"Lists\"; }");

	assert_filed(plan, "Lists");
	ck_assert(!plan->implicit_keep);
	ck_assert_uint_eq(plan->actions[0].line, 3);
}
END_TEST

START_TEST(rules_ask_for_folders)
{
	assert_filed(judge("require [\"fileinto\", \"mailbox\"];\n"
			   "if mailboxexists \"Nowhere\" { fileinto \"Nowhere\"; }\n"
			   "elsif mailboxexists \"../Lists\" { fileinto \"Worse\"; }\n"
			   "elsif mailboxexists \"Lists\" { fileinto \"Lists\"; }"),
		     "Lists");
}
END_TEST

/* The zone is read before the doors close. */
START_TEST(rules_know_the_local_time)
{
	setenv("TZ", "Asia/Kolkata", 1);
	if (access("/usr/share/zoneinfo/Asia/Kolkata", R_OK) != 0)
		return;
	assert_filed(judge("require [\"date\", \"fileinto\", \"variables\"];\n"
			   "if date :matches \"date\" \"time\" \"*\" { fileinto \"${1}\"; }"),
		     "13:41:22");
}
END_TEST

START_TEST(every_mistake_of_a_script_is_told)
{
	const Plan *plan = judge("if hedaer \"a\" \"b\" { keep; }\nkep;\n");

	ck_assert_int_eq(plan->outcome, PLAN_NO_COMPILE);
	ck_assert(plan->implicit_keep);
	ck_assert_ptr_nonnull(strstr(plan->error, "rules:1:4: error: "));
	ck_assert_ptr_nonnull(strstr(plan->error, "rules:2:1: error: "));
}
END_TEST

START_TEST(an_include_is_found_in_the_users_directory)
{
	write_scratch("more.sieve", "require \"fileinto\"; fileinto \"Included\";", 0600);
	assert_filed(judge("require \"include\"; include \"more\";"), "Included");
	ck_assert_int_eq(judge("require \"include\"; include \"none\";")->outcome, PLAN_RUN_ERROR);
	ck_assert_int_eq(judge("require \"include\"; include \"../more\";")->outcome, PLAN_NO_COMPILE);
}
END_TEST

START_TEST(an_include_that_others_can_write_is_refused)
{
	const Plan *plan;

	write_scratch("open.sieve", "discard;", 0666);
	plan = judge("require \"include\"; include \"open\";");
	ck_assert_int_eq(plan->outcome, PLAN_RUN_ERROR);
	ck_assert(plan->implicit_keep);
}
END_TEST

START_TEST(an_include_that_cannot_be_read_now_defers_the_message)
{
	const Plan *plan;

	if (geteuid() == 0)
		return; /* root reads everything */
	write_scratch("secret.sieve", "keep;", 0);
	plan = judge("require \"include\"; include \"secret\";");
	ck_assert_int_eq(plan->outcome, PLAN_RETRY);
	ck_assert_ptr_nonnull(strstr(plan->error, "secret.sieve"));
}
END_TEST

START_TEST(a_pattern_without_end_ends_with_the_processors_time)
{
	AUTO_VALUE(Text) bytes = { 0 };
	const Plan *plan;

	text_append_string(&bytes, "Subject: ");
	for (int i = 0; i < 50000; i++)
		text_append_char(&bytes, 'a');
	text_append_string(&bytes, "\n\nbody\n");
	message_from_bytes(&message, text_slice(&bytes));
	plan = judge("require [\"regex\", \"fileinto\"];\n"
		     "if header :regex \"subject\" \"a*a*a*a*a*(b|c)\" { fileinto \"x\"; }");
	ck_assert_int_eq(plan->outcome, PLAN_RUN_ERROR);
	ck_assert(plan->implicit_keep);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("judge_rules");
	TCase *tests = tcase_create("judge_rules");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, rules_decide);
	tcase_add_test(tests, rules_ask_for_folders);
	tcase_add_test(tests, rules_know_the_local_time);
	tcase_add_test(tests, every_mistake_of_a_script_is_told);
	tcase_add_test(tests, an_include_is_found_in_the_users_directory);
	tcase_add_test(tests, an_include_that_others_can_write_is_refused);
	tcase_add_test(tests, an_include_that_cannot_be_read_now_defers_the_message);
	tcase_add_test(tests, a_pattern_without_end_ends_with_the_processors_time);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
