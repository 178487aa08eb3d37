/* What a mail server's lines mean. */
#include "delivery/smtp_reply.h"

#include <check.h>
#include <stdlib.h>

#include "delivery/smtp_features.h"

/* Adds lines, separated by "|"; returns the last state. */
static SmtpReplyState add(SmtpReply *reply, const char *lines)
{
	SmtpReplyState state = SMTP_REPLY_MORE;

	while (*lines && state == SMTP_REPLY_MORE) {
		size_t length = strcspn(lines, "|");

		state = smtp_reply_add(reply, slice(lines, length));
		lines += length + (lines[length] == '|');
	}
	return state;
}

static const struct {
	const char *lines;
	SmtpReplyState state;
	unsigned code;
	const char *text;
} replies[] = {
	{ "250 fine", SMTP_REPLY_WHOLE, 250, "fine\n" },
	{ "250", SMTP_REPLY_WHOLE, 250, "\n" }, /* section 4.2: clients take that */
	{ "250 ", SMTP_REPLY_WHOLE, 250, "\n" },
	{ "250-a|250-b|250 c", SMTP_REPLY_WHOLE, 250, "a\nb\nc\n" },
	{ "250-a", SMTP_REPLY_MORE, 250, "a\n" },
	{ "250-a|251 b", SMTP_REPLY_BROKEN, 0, NULL }, /* section 4.2.1 */
	{ "250+a", SMTP_REPLY_BROKEN, 0, NULL },
	{ "25 a", SMTP_REPLY_BROKEN, 0, NULL },
	{ "", SMTP_REPLY_MORE, 0, "" },
	{ "-50 a", SMTP_REPLY_BROKEN, 0, NULL },
	{ "2500", SMTP_REPLY_BROKEN, 0, NULL },
	{ "199 a", SMTP_REPLY_BROKEN, 0, NULL },
	{ "600 a", SMTP_REPLY_BROKEN, 0, NULL },
	{ "fine", SMTP_REPLY_BROKEN, 0, NULL },
};
START_TEST(lines_become_a_reply)
{
	AUTO_VALUE(SmtpReply) reply = { 0 };

	ck_assert_int_eq(add(&reply, replies[_i].lines), replies[_i].state);
	if (replies[_i].state == SMTP_REPLY_BROKEN)
		return;
	ck_assert_uint_eq(reply.code, replies[_i].code);
	ck_assert_str_eq(text_string(&reply.lines), replies[_i].text);
}
END_TEST

START_TEST(a_reply_has_an_end)
{
	AUTO_VALUE(SmtpReply) reply = { 0 };
	char line[2000] = "250-";
	size_t count = 0;

	while (smtp_reply_add(&reply, SLICE("250-x")) == SMTP_REPLY_MORE)
		count++;
	ck_assert_uint_eq(count, SMTP_REPLY_LINES_MAX);
	smtp_reply_reset(&reply);
	memset(line + 4, 'x', sizeof line - 4);
	while (smtp_reply_add(&reply, slice(line, sizeof line)) == SMTP_REPLY_MORE)
		;
	ck_assert_uint_le(reply.lines.length, SMTP_REPLY_BYTES_MAX);
}
END_TEST

static const struct {
	const char *lines;
	FailureKind kind;
	const char *code, *text;
} refusals[] = {
	{ "550 5.1.1 no such user", FAILURE_REFUSED, "5.1.1", "S refused it: 550 5.1.1 no such user" },
	{ "550 no such user", FAILURE_REFUSED, "5.3.0", "S refused it: 550 no such user" },
	{ "550", FAILURE_REFUSED, "5.3.0", "S refused it: 550" },
	{ "554-5.7.26 one|554 5.7.26 two", FAILURE_REFUSED, "5.7.26",
	  "S refused it: 554 5.7.26 one 5.7.26 two" },
	{ "451 4.7.1 later", FAILURE_RETRY, "4.7.1", "S refused it: 451 4.7.1 later" },
	/* a status that says otherwise than the code, or is none (RFC 2034, 4) */
	{ "451 5.7.1 later", FAILURE_RETRY, "4.3.0", NULL },
	{ "550 5.1234.1 x", FAILURE_REFUSED, "5.3.0", NULL },
	{ "550 5.1.1x", FAILURE_REFUSED, "5.3.0", NULL },
	{ "550 5.1.", FAILURE_REFUSED, "5.3.0", NULL },
	{ "550 5.1.1", FAILURE_REFUSED, "5.1.1", NULL },
	/* not about this mail */
	{ "530 5.7.0 TLS first", FAILURE_RETRY, "4.7.0", NULL },
	{ "535 5.7.8 who?", FAILURE_RETRY, "4.7.8", NULL },
	{ "503 5.5.1 order", FAILURE_RETRY, "4.5.1", NULL },
	{ "250 fine", FAILURE_RETRY, "4.3.0", NULL },
	{ "354 go on", FAILURE_RETRY, "4.3.0", NULL },
	{ "550 a\033b\xffz", FAILURE_REFUSED, "5.3.0", "S refused it: 550 a?b?z" },
};
START_TEST(a_refusal_is_for_good_or_for_now)
{
	AUTO_VALUE(SmtpReply) reply = { 0 };
	Failure why = { 0 };

	ck_assert_int_eq(add(&reply, refusals[_i].lines), SMTP_REPLY_WHOLE);
	ck_assert(!smtp_reply_failure(&reply, "S", "it", &why));
	ck_assert_int_eq(why.kind, refusals[_i].kind);
	ck_assert_str_eq(why.code, refusals[_i].code);
	if (refusals[_i].text)
		ck_assert_str_eq(why.text, refusals[_i].text);
}
END_TEST

START_TEST(long_words_leave_room)
{
	AUTO_VALUE(SmtpReply) reply = { 0 };
	Failure why = { 0 };
	char line[1000] = "550 ";

	memset(line + 4, 'x', sizeof line - 4);
	smtp_reply_add(&reply, slice(line, sizeof line));
	smtp_reply_failure(&reply, "S", "it", &why);
	ck_assert_uint_lt(strlen(why.text), 350);
	ck_assert(strstr(why.text, "..."));
}
END_TEST

START_TEST(features_are_what_the_greeting_offers)
{
	AUTO_VALUE(SmtpReply) reply = { 0 };
	SmtpFeatures features;

	add(&reply,
	    "250-DSN is no feature here|250-size 1000|250-8bitmime|250-X-OTHER|250-DELIVERBY|250 SMTPUTF8");
	features = smtp_features_read(&reply);
	ck_assert(features.size && features.eight_bit && features.utf8 && features.deliver_by);
	ck_assert(!features.dsn);
	ck_assert_uint_eq(features.size_max, 1000);
	ck_assert_uint_eq(features.deliver_by_min, 0);
}
END_TEST

START_TEST(a_limit_that_cannot_be_is_none)
{
	AUTO_VALUE(SmtpReply) reply = { 0 };

	add(&reply, "250-stub|250 SIZE 99999999999999999999999999");
	ck_assert(smtp_features_read(&reply).size);
	ck_assert_uint_eq(smtp_features_read(&reply).size_max, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("smtp_reply");
	TCase *tests = tcase_create("smtp_reply");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, lines_become_a_reply, 0, sizeof replies / sizeof *replies);
	tcase_add_test(tests, a_reply_has_an_end);
	tcase_add_loop_test(tests, a_refusal_is_for_good_or_for_now, 0, sizeof refusals / sizeof *refusals);
	tcase_add_test(tests, long_words_leave_room);
	tcase_add_test(tests, features_are_what_the_greeting_offers);
	tcase_add_test(tests, a_limit_that_cannot_be_is_none);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
