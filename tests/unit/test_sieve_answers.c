/* test_sieve_answers - what vacation and its like put into a plan: for how long and under which name an
 * answer is remembered, whom it follows, and why there is none */
#include "sieve_helper.h"

#include "plan/limits.h"

#define FROM_ANN "From: ann@example.org\nTo: user@example.org\n"

static Arena *arena;
static const char *const *settings;

static void set_up(void)
{
	arena = arena_new();
	settings = NULL;
}

static void tear_down(void)
{
	arena_free(arena);
}

/* The plan of `script`, which must compile, for `message`. */
static Plan *plan_of(const char *script, const char *message)
{
	const SieveStory story = { .settings = settings };
	SieveSetup setup = { .load = sieve_story_load,
			     .setting = sieve_story_setting,
			     .self = (void *)&story };
	SieveFindings findings = { 0 };
	Failure why = { 0 };
	static Message read;
	Envelope envelope = { .sender_known = true,
			      .sender = "ann@example.org",
			      .recipient = "user@example.org",
			      .delimiter = "+",
			      .user = "user",
			      .home = "/home/user" };
	SieveInput input = { .message = &read, .envelope = &envelope, .host = "mx.example.org" };
	Plan *plan = plan_new(arena);
	SieveScript *compiled = sieve_compile("main", slice_of(script), &setup, arena, &findings, &why);

	ck_assert_msg(compiled, "%s: %s", script, findings.count ? findings.items[0].text : why.text);
	message_from_bytes(&read, slice_of(message));
	input.header = header_index(read.header, arena);
	sieve_run(compiled, &input, plan);
	ck_assert_msg(plan_check(plan, read.size_bytes, &why), "%s: %s", script, why.text);
	return plan;
}

static const Action *answer_of(const char *script, const char *message)
{
	Plan *plan = plan_of(script, message);

	ck_assert_msg(plan->count == 1 && plan->actions[0].kind == ACTION_VACATION, "%s: no answer: %s",
		      script,
		      plan->error        ? plan->error
		      : plan->note_count ? plan->notes[0]
					 : "");
	return &plan->actions[0];
}

/* ---- under which name it is remembered (RFC 5230, 4.2) ---- */

static const struct {
	const char *one, *other;
	bool same;
} handles[] = {
	{ "vacation \"a\";", "vacation \"a\";", true },
	{ "vacation \"a\";", "vacation \"b\";", false },
	{ "vacation :subject \"s\" \"a\";", "vacation \"a\";", false },
	{ "vacation :subject \"s\" \"a\";", "vacation :subject \"t\" \"a\";", false },
	{ "vacation :from \"a@x.org\" \"a\";", "vacation :from \"b@x.org\" \"a\";", false },
	/* the same string for different parameters */
	{ "vacation :from \"a@x.org\" \"a\";", "vacation :subject \"a@x.org\" \"a\";", false },
	{ "vacation :mime \"\n\";", "vacation \"\n\";", false },
	/* what is sent to whom does not matter */
	{ "vacation :days 3 :addresses \"u@x.org\" \"a\";", "vacation \"a\";", true },
	/* an explicit name, whatever is said */
	{ "vacation :handle \"ran-away\" \"lunch\";", "vacation :handle \"ran-away\" \"dinner\";", true },
	{ "vacation :handle \"ran-away\" \"lunch\";", "vacation :handle \"stays\" \"lunch\";", false },
	{ "vacation :handle \"a\" \"b\";", "vacation \"a\";", false },
	/* before variables are put in */
	{ "set \"v\" \"1\"; vacation \"about ${v}\";", "set \"v\" \"2\"; vacation \"about ${v}\";", true },
	{ "set \"v\" \"1\"; vacation :subject \"${v}\" \"a\";",
	  "set \"v\" \"2\"; vacation :subject \"${v}\" \"a\";", true },
	{ "set \"v\" \"1\"; vacation :subject \"${v}\" \"a\";", "vacation :subject \"1\" \"a\";", false },
};
START_TEST(answers_are_told_apart_by_what_they_say)
{
	const char *one = arena_printf(arena, "require [\"vacation\", \"variables\"]; %s", handles[_i].one);
	const char *other = arena_printf(arena, "require [\"vacation\", \"variables\"]; %s",
					 handles[_i].other);
	const char *a = answer_of(one, FROM_ANN "Subject: x\n\n")->handle;
	const char *b = answer_of(other, FROM_ANN "Subject: y\n\n")->handle;

	ck_assert_int_eq(strcmp(a, b) == 0, handles[_i].same);
	ck_assert_uint_lt(strlen(a), 100);
}
END_TEST

START_TEST(a_name_never_changes)
{
	/* Whoever changes this makes every correspondent of everybody get one answer more. */
	ck_assert_str_eq(answer_of("require \"vacation\"; vacation \"I am away.\";", FROM_ANN "\n")->handle,
			 "a17a78ca3072b9d703f4ab263ab52a8d27e43a2fda6bfb11e78fc4eaa227329f");
	ck_assert_str_eq(
		answer_of("require \"vacation\"; vacation :handle \"h\" \"I am away.\";", FROM_ANN "\n")
			->handle,
		"be53970eb643c1748126d83cf75283d93d0835796e6b2c0a40d9b12bde7aad8e");
}
END_TEST

/* ---- for how long (RFC 5230, 4.1; RFC 6131, 2) ---- */

enum {
	DAY = 86400
};

static const struct {
	const char *tags, *least, *most, *usual;
	uint64_t seconds;
} periods[] = {
	{ "", NULL, NULL, NULL, 7 * DAY },
	{ ":days 3", NULL, NULL, NULL, 3 * DAY },
	{ ":days 0", NULL, NULL, NULL, DAY },
	{ ":days 1000", NULL, NULL, NULL, 60 * DAY },
	{ ":days 18446744073709551615", NULL, NULL, NULL, 60 * DAY },
	{ ":seconds 10", NULL, NULL, NULL, DAY },
	{ ":seconds 0", "0", NULL, NULL, 0 },
	{ ":seconds 1800", "0", NULL, NULL, 1800 },
	{ ":seconds 10", "60", NULL, NULL, 60 },
	{ ":seconds 2147483648", "0", "172800", NULL, 2 * DAY },
	/* no days at all is not for :days to say */
	{ ":days 0", "0", NULL, NULL, DAY },
	{ ":days 0", "3600", NULL, NULL, 3600 },
	{ "", "864000", NULL, NULL, 10 * DAY },
	{ "", NULL, NULL, "172800", 2 * DAY },
	{ "", NULL, "172800", NULL, 2 * DAY },
	{ ":days 2", NULL, NULL, "864000", 2 * DAY },
};
START_TEST(the_site_bounds_how_long_an_answer_is_remembered)
{
	const char *const keys[] = { "vacation_min_period_s",
				     periods[_i].least ? periods[_i].least : "86400",
				     "vacation_max_period_s",
				     periods[_i].most ? periods[_i].most : "5184000",
				     "vacation_default_period_s",
				     periods[_i].usual ? periods[_i].usual : "604800",
				     NULL };
	const char *script = arena_printf(arena, "require \"vacation-seconds\"; vacation %s \"Away.\";",
					  periods[_i].tags);

	settings = keys;
	ck_assert_uint_eq(answer_of(script, FROM_ANN "\n")->seconds, periods[_i].seconds);
}
END_TEST

/* ---- what it follows (RFC 5322, 3.6.4) ---- */

static const struct {
	const char *header, *message_id, *references;
} threads[] = {
	{ "Message-ID: <1@x>\n", "<1@x>", "<1@x>" },
	{ "Message-ID: <1@x>\nReferences: <a@x>\n\t<b@x>\n", "<1@x>", "<a@x> <b@x> <1@x>" },
	{ "Message-ID: <1@x>\nIn-Reply-To: <a@x>\n", "<1@x>", "<a@x> <1@x>" },
	{ "Message-ID: <1@x>\nIn-Reply-To: <a@x> <b@x>\n", "<1@x>", "<1@x>" },
	{ "Message-ID: <1@x>\nReferences: <a@x>\nIn-Reply-To: <b@x>\n", "<1@x>", "<a@x> <1@x>" },
	{ "Message-ID: <1@x>\nReferences: <a@x> <1@x>\n", "<1@x>", "<a@x> <1@x>" },
	{ "Message-ID: <1@x>\nReferences: <a@x><b@x>, junk <c x> <d@x <e@x>\n", "<1@x>",
	  "<a@x> <b@x> <e@x> <1@x>" },
	{ "Message-ID: (comment) <1@x>\n", "<1@x>", "<1@x>" },
	{ "Message-ID: 1@x\n", NULL, NULL },
	{ "Message-ID: <\xff@x>\n", NULL, NULL },
	{ "References: <a@x>\n", NULL, NULL },
};
START_TEST(an_answer_is_the_last_of_its_thread)
{
	const char *message = arena_printf(arena, FROM_ANN "%s\n", threads[_i].header);
	const Action *action = answer_of("require \"vacation\"; vacation \"Away.\";", message);

	ck_assert_pstr_eq(action->message_id, threads[_i].message_id);
	ck_assert_pstr_eq(action->references, threads[_i].references);
}
END_TEST

START_TEST(a_long_thread_keeps_its_beginning_and_its_end)
{
	AUTO_VALUE(Text) message = { 0 };
	const Action *action;

	text_append_string(&message, FROM_ANN "Message-ID: <last@x>\nReferences:");
	for (int i = 0; i < 10000; i++)
		text_printf(&message, " <%d@example.org>\n", i);
	text_append_string(&message, "\n");
	action = answer_of("require \"vacation\"; vacation \"Away.\";", text_string(&message));
	ck_assert_uint_le(strlen(action->references), 4096);
	ck_assert_uint_gt(strlen(action->references), 4000);
	ck_assert_int_eq(strncmp(action->references, "<0@example.org> <", 17), 0);
	ck_assert_ptr_nonnull(strstr(action->references, " <9998@example.org> <9999@example.org> <last@x>"));
}
END_TEST

/* ---- why there is none ---- */

static const struct {
	const char *header, *note;
} notes[] = {
	{ "To: user@example.org\nList-Id: <x.org>\n",
	  "main:2:1: no reply: it came from a mailing list, says its field List-Id" },
	{ "To: user@example.org\nAuto-Submitted: auto-replied (x)\n",
	  "main:2:1: no reply: it was sent by a program, says its field Auto-Submitted: auto-replied (x)" },
	{ "To: user@example.org\nPrecedence: bulk\n",
	  "main:2:1: no reply: it is for many, says its field Precedence: bulk" },
	{ "To: user@example.org\nX-Auto-Response-Suppress: OOF, RN\n",
	  "main:2:1: no reply: its sender wants none, says its field X-Auto-Response-Suppress: OOF, RN" },
	{ "To: other@example.org\n",
	  "main:2:1: no reply: no address of the user's is in To, Cc, Bcc or a Resent field" },
	{ "To: user@example.org\nList-\x1b[1m: x\n",
	  "main:2:1: no reply: it came from a mailing list, says its field List-?[1m" },
};
START_TEST(a_note_says_why_there_is_no_answer)
{
	const char *message = arena_printf(arena, "From: ann@example.org\n%s\n", notes[_i].header);
	Plan *plan = plan_of("require \"vacation\";\nvacation \"Away.\";", message);
	AUTO_VALUE(Text) printed = { 0 };

	ck_assert_uint_eq(plan->count, 0);
	ck_assert(plan->implicit_keep);
	ck_assert_uint_eq(plan->note_count, 1);
	ck_assert_str_eq(plan->notes[0], notes[_i].note);
	ck_assert_uint_eq(plan->warning_count, 0); /* it is nothing to tell the owner of */
	plan_print(plan, &printed);
	ck_assert_int_eq(strncmp(text_string(&printed), "note: main:2:1: no reply", 24), 0);
}
END_TEST

/* ---- texts that are none ---- */

START_TEST(texts_from_a_message_are_made_fit_for_a_plan)
{
	const Action *action = answer_of("require [\"vacation\", \"variables\", \"encoded-character\"];\n"
					 "if header :matches \"Subject\" \"*\" { set \"s\" \"${1}\"; }\n"
					 "vacation :subject \"${s}${hex:00 0a}x\" \"${s}${hex:00}\";",
					 FROM_ANN "Subject: \xe9t\xe9\n\n");

	ck_assert_str_eq(action->subject, "\xc3\xa9t\xc3\xa9  x");
	ck_assert_str_eq(action->text, "\xc3\xa9t\xc3\xa9 ");
}
END_TEST

START_TEST(a_notification_names_those_that_were_not_told)
{
	Plan *plan = plan_of("require \"enotify\";\n"
			     "notify \"mailto:a@x.org\";\n"
			     "notify \"mailto:a@x.org\";\n"
			     "notify \"mailto:b@x.org,A@x.org?cc=a@X.org\";\n"
			     "notify \"mailto:\";",
			     FROM_ANN "\n");

	ck_assert_uint_eq(plan->count, 2);
	ck_assert_uint_eq(plan->actions[0].recipients.count, 1);
	ck_assert_uint_eq(plan->actions[1].recipients.count, 2);
	ck_assert_str_eq(plan->actions[1].recipients.items[0], "b@x.org");
	ck_assert_str_eq(plan->actions[1].recipients.items[1], "A@x.org");
	ck_assert(plan->implicit_keep);
	ck_assert_uint_eq(plan->note_count, 2);
	ck_assert_str_eq(plan->notes[0], "main:3:1: no notification: all of these were notified before");
	ck_assert_str_eq(plan->notes[1], "main:5:1: no notification: the URI names nobody");
}
END_TEST

START_TEST(the_old_name_is_told_the_new_one)
{
	const SieveStory story = { .script = "require \"notify\";\nnotify :options \"a@x.org\";",
				   .message = FROM_ANN "Subject: x\n\n",
				   .with_warnings = true,
				   .with_suggestions = true };

	sieve_story_is(&story,
		       "1:9: warning: 'notify' is an old name | write \"enotify\"\n"
		       "notify \"mailto:a@x.org\", subject \"ann@example.org: x\": \"ann@example.org: x\" "
		       "[line 2]\n"
		       "keep in the inbox [implicit keep]\n");
}
END_TEST

START_TEST(who_forgot_to_require_it_is_told_the_new_name)
{
	const SieveStory story = { .script = "notify \"mailto:a@x.org\";" };

	sieve_story_is(&story, "1:1: 'notify' needs require \"enotify\"\n");
}
END_TEST

START_TEST(what_a_host_cannot_send_does_not_compile)
{
	SieveStory story = { .setup.plans = 1u << ACTION_KEEP };
	static const char *const scripts[] = {
		"require \"vacation\"; vacation \"a\";",
		"require \"reject\"; reject \"a\";",
		"require \"ereject\"; ereject \"a\";",
		"require \"enotify\"; notify \"mailto:a@x.org\";",
		"require \"notify\"; notify :options \"a@x.org\";",
		"require \"vnd.dovecot.report\"; report \"a\" \"b\" \"c@x.org\";"
	};
	AUTO_VALUE(Text) told = { 0 };

	story.script = scripts[_i];
	sieve_story(&story, &told);
	ck_assert_ptr_nonnull(
		strstr(text_string(&told), "cannot be carried out where this script is to run"));
}
END_TEST

static void add(TCase *it)
{
	tcase_add_checked_fixture(it, set_up, tear_down);
	SIEVE_LOOP(it, answers_are_told_apart_by_what_they_say, handles);
	tcase_add_test(it, a_name_never_changes);
	SIEVE_LOOP(it, the_site_bounds_how_long_an_answer_is_remembered, periods);
	SIEVE_LOOP(it, an_answer_is_the_last_of_its_thread, threads);
	tcase_add_test(it, a_long_thread_keeps_its_beginning_and_its_end);
	SIEVE_LOOP(it, a_note_says_why_there_is_no_answer, notes);
	tcase_add_test(it, texts_from_a_message_are_made_fit_for_a_plan);
	tcase_add_test(it, a_notification_names_those_that_were_not_told);
	tcase_add_test(it, the_old_name_is_told_the_new_one);
	tcase_add_test(it, who_forgot_to_require_it_is_told_the_new_name);
	tcase_add_loop_test(it, what_a_host_cannot_send_does_not_compile, 0, 6);
}

int main(void)
{
	return sieve_tests("sieve answers", add);
}
