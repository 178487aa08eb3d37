/* What a server is told of a message, and what its answers are taken for. */
#include "delivery/submit.h"

#include <arpa/inet.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/text.h"

static Config config;
static Failure why;
static char uri[64];
static Text heard; /* what the server got, without the message */

/* -- A server that says its lines ---------------------------------------------------------------------- */

static void read_line(FILE *client, char *line, size_t size)
{
	if (!fgets(line, (int)size, client))
		_exit(0);
	line[strcspn(line, "\r\n")] = '\0';
}

/* Says the first of `replies` ("|" separates lines), and the next one after each line, or message, that it is
 * sent; the lines go to `report`. */
static void serve(int listener, const char *const *replies, int report)
{
	FILE *client = fdopen(accept(listener, NULL, NULL), "r+");
	char line[2000];

	for (; *replies; replies++) {
		for (const char *c = *replies; *c; c++)
			fprintf(client, *c == '|' ? "\r\n" : "%c", *c);
		fprintf(client, "\r\n");
		fflush(client);
		do
			read_line(client, line, sizeof line);
		while (strncmp(*replies, "354", 3) == 0 && strcmp(line, ".") != 0);
		if (strcmp(line, ".") != 0)
			dprintf(report, "%s\n", line);
	}
}

static int open_listener(const char *scheme)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t length = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	getsockname(listener, (struct sockaddr *)&address, &length);
	snprintf(uri, sizeof uri, "%s://127.0.0.1:%u", scheme, (unsigned)ntohs(address.sin_port));
	return listener;
}

static bool write_message(void *self, int fd, Failure *reason)
{
	const char *text = self;

	return text ? io_write(fd, text, strlen(text)) || failure_errno(reason, "write")
		    : failure_retry(reason, "the spool is broken");
}

/* Submits `mail` to a server that says `replies`. */
static bool submit(const char *scheme, const char *const *replies, Outgoing mail)
{
	int listener = open_listener(scheme), report[2];
	char piece[4096];
	ssize_t got;
	pid_t server;
	bool done;

	ck_assert_int_eq(pipe(report), 0);
	server = fork();
	if (server == 0) {
		serve(listener, replies, report[1]);
		_exit(0);
	}
	close(listener);
	close(report[1]);
	if (!mail.write) {
		mail.write = write_message;
		mail.self = (void *)(size_t) "Subject: x\n\nx\n";
	}
	config.submission = uri;
	why = (Failure){ 0 };
	done = submit_mail(NULL, &config, NULL, &mail, &why);
	kill(server, SIGKILL); /* it may wait for nobody */
	while ((got = io_read(report[0], piece, sizeof piece)) > 0)
		text_append(&heard, piece, (size_t)got);
	close(report[0]);
	waitpid(server, NULL, 0);
	return done;
}

static void set_up(void)
{
	config_init(&config);
	config.hostname = "mx.example.net";
	config.submission_timeout_s = 20;
	text_reset(&heard);
}

static const char *const bob[] = { "bob@example.com" };
static const char *const three[] = { "a@example.com", "b@example.com", "c@example.com" };
#define TO_BOB   .sender = "alice@example.org", .recipients = bob, .recipient_count = 1
#define TO_THREE .sender = "alice@example.org", .recipients = three, .recipient_count = 3

/* -- What is asked of the extensions ------------------------------------------------------------------- */

static const struct {
	Outgoing mail;
	const char *offers, *mail_line, *rcpt_line;
} asked[] = {
	{ { TO_BOB, .dsn_notify = "NEVER", .dsn_return = "FULL", .dsn_id = "a=b+c d", /* RFC 3461, 4 */
	    .dsn_recipient = "rfc822;bob+x@example.net" },
	  "DSN",
	  "MAIL FROM:<alice@example.org> RET=FULL ENVID=a+3Db+2Bc+20d",
	  "RCPT TO:<bob@example.com> NOTIFY=NEVER ORCPT=rfc822;bob+2Bx@example.net" },
	{ { TO_BOB, .dsn_notify = "NEVER", .dsn_return = "FULL", .dsn_id = "a",
	    .dsn_recipient = "rfc822;bob@example.net" },
	  "HELP",
	  "MAIL FROM:<alice@example.org>",
	  "RCPT TO:<bob@example.com>" },
	/* what is no word, or not of this type, is not said */
	{ { TO_BOB, .dsn_notify = "NEVER BODY=x", .dsn_return = "FULL\r\nRSET",
	    .dsn_recipient = "utf-8;x@y" },
	  "DSN",
	  "MAIL FROM:<alice@example.org>",
	  "RCPT TO:<bob@example.com>" },
	{ { TO_BOB, .deliver_by = "120", .deliver_by_mode = "RETURN" }, /* RFC 2852, 4 */
	  "DELIVERBY",
	  "MAIL FROM:<alice@example.org> BY=120;R",
	  "RCPT TO:<bob@example.com>" },
	{ { TO_BOB, .deliver_by = "-5", .deliver_by_mode = "NOTIFY", .deliver_by_trace = true },
	  "DELIVERBY 240",
	  "MAIL FROM:<alice@example.org> BY=-5;NT",
	  "RCPT TO:<bob@example.com>" },
	{ { TO_BOB, .deliver_by = "120", .deliver_by_mode = "NOTIFY" },
	  "HELP",
	  "MAIL FROM:<alice@example.org>",
	  "RCPT TO:<bob@example.com>" },
	{ { .sender = "", .recipients = (const char *const[]){ "root" }, .recipient_count = 1 },
	  "SIZE",
	  "MAIL FROM:<> SIZE=17",
	  "RCPT TO:<root@mx.example.net>" },
};
START_TEST(what_the_server_offers_is_asked_of_it)
{
	char hello[100], expected[400];
	const char *const replies[] = { "220 ready", hello,       "250 fine", "250 fine",
					"354 go on", "250 taken", "221 bye",  NULL };

	snprintf(hello, sizeof hello, "250-stub|250 %s", asked[_i].offers);
	ck_assert_msg(submit("smtp", replies, asked[_i].mail), "%s", why.text);
	snprintf(expected, sizeof expected, "EHLO mx.example.net\n%s\n%s\nDATA\nQUIT\n", asked[_i].mail_line,
		 asked[_i].rcpt_line);
	ck_assert_str_eq(text_string(&heard), expected);
}
END_TEST

static const struct {
	Outgoing mail;
	const char *offers, *code, *text;
} impossible[] = {
	{ { TO_BOB, .deliver_by = "120", .deliver_by_mode = "RETURN" },
	  "HELP",
	  "5.4.7",
	  "keeps no deadlines" },
	{ { TO_BOB, .deliver_by = "0", .deliver_by_mode = "RETURN" },
	  "DELIVERBY",
	  "5.4.7",
	  "deadline is over" },
	{ { TO_BOB, .deliver_by = "120", .deliver_by_mode = "RETURN" },
	  "DELIVERBY 240",
	  "5.4.7",
	  "is sooner" },
	{ { TO_BOB, .deliver_by = "1;R BODY=x", .deliver_by_mode = "NOTIFY" },
	  "DELIVERBY",
	  "5.5.4",
	  "no number" },
	{ { .sender = "a b@example.org", .recipients = bob, .recipient_count = 1 },
	  "HELP",
	  "5.1.7",
	  "is none" },
	{ { .sender = "",
	    .recipients = (const char *const[]){ "b@example.org>\r\nRSET" },
	    .recipient_count = 1 },
	  "HELP",
	  "5.1.3",
	  "is none" },
	{ { .sender = "", .recipients = (const char *const[]){ "" }, .recipient_count = 1 },
	  "HELP",
	  "5.1.3",
	  "no recipient" },
	{ { .sender = "",
	    .recipients = (const char *const[]){ "b\xC3\xA9@example.org" },
	    .recipient_count = 1 },
	  "8BITMIME",
	  "5.6.7",
	  "beyond ASCII" },
	{ { TO_BOB }, "SIZE 10", "5.3.4", "10 bytes at most, and this one has 17" },
};
START_TEST(what_it_cannot_do_is_refused_for_good)
{
	char hello[100];
	/* it would take everything */
	const char *const replies[] = { "220 ready", hello,       "250 fine", "250 fine",
					"354 go on", "250 taken", "221 bye",  NULL };

	snprintf(hello, sizeof hello, "250-stub|250 %s", impossible[_i].offers);
	ck_assert(!submit("smtp", replies, impossible[_i].mail));
	ck_assert_int_eq(why.kind, FAILURE_REFUSED);
	ck_assert_str_eq(why.code, impossible[_i].code);
	ck_assert_msg(strstr(why.text, impossible[_i].text) != NULL, "%s", why.text);
	ck_assert(!strstr(text_string(&heard), "DATA"));
}
END_TEST

/* -- Several recipients -------------------------------------------------------------------------------- */

START_TEST(a_recipient_that_is_refused_keeps_nobody_from_it)
{
	const char *const replies[] = { "220 ready", "250 stub",  "250 fine",  "250 fine", "550 5.1.1 who?",
					"250 fine",  "354 go on", "250 taken", "221 bye",  NULL };

	ck_assert(submit("smtp", replies, (Outgoing){ TO_THREE }));
	ck_assert_int_eq(why.kind, FAILURE_REFUSED);
	ck_assert_msg(strstr(why.text, "refused the recipient <b@example.com>: 550 5.1.1 who?") != NULL, "%s",
		      why.text);
	ck_assert(strstr(text_string(&heard), "RCPT TO:<b@example.com>\nRCPT TO:<c@example.com>\nDATA\n"));
}
END_TEST

START_TEST(a_recipient_that_is_put_off_has_all_wait)
{
	const char *const replies[] = { "220 ready",       "250 stub", "250 fine", "550 no",
					"451 4.2.1 later", "221 bye",  NULL };

	ck_assert(!submit("smtp", replies, (Outgoing){ TO_THREE }));
	ck_assert_int_eq(why.kind, FAILURE_RETRY);
	ck_assert_str_eq(text_string(&heard), "EHLO mx.example.net\nMAIL FROM:<alice@example.org>\n"
					      "RCPT TO:<a@example.com>\nRCPT TO:<b@example.com>\nQUIT\n");
}
END_TEST

START_TEST(where_all_are_refused_nothing_is_sent)
{
	const char *const replies[] = { "220 ready", "250 stub", "250 fine", "550 one",
					"550 two",   "550 six",  "221 bye",  NULL };

	ck_assert(!submit("smtp", replies, (Outgoing){ TO_THREE }));
	ck_assert_int_eq(why.kind, FAILURE_REFUSED);
	ck_assert_msg(strstr(why.text, "<a@example.com>: 550 one") != NULL, "%s", why.text);
	ck_assert(!strstr(text_string(&heard), "DATA"));
}
END_TEST

/* What the server refused when it was named has no reply of its own behind the message. */
START_TEST(by_lmtp_only_who_was_accepted_is_answered_for)
{
	const char *const replies[] = { "220 ready", "250 stub",  "250 fine",    "250 fine", "550 5.1.1 who?",
					"250 fine",  "354 go on", "250 a|250 c", "221 bye",  NULL };

	ck_assert(submit("lmtp", replies, (Outgoing){ TO_THREE }));
	ck_assert_msg(strstr(why.text, "but took it for a@example.com, c@example.com") != NULL, "%s",
		      why.text);
}
END_TEST

/* RFC 2033, 4.2 */
static const struct {
	const char *verdicts;
	FailureKind kind;
	const char *text;
	bool taken;
} partial[] = {
	{ "250 a|250 b|250-c|250 c", FAILURE_NONE, "", true },
	{ "250 a|550 5.2.2 full|250 c", FAILURE_REFUSED,
	  "refused the message for b@example.com: 550 5.2.2 full, but took it for a@example.com, "
	  "c@example.com",
	  true },
	{ "550 no|451 not now|250 c", FAILURE_RETRY,
	  "refused the message for b@example.com: 451 not now, but took it for c@example.com", true },
	{ "451 not now|550 no|550 no", FAILURE_RETRY, "refused the message for a@example.com: 451 not now",
	  false },
	{ "550 one|550 two|550 three", FAILURE_REFUSED, "refused the message for a@example.com: 550 one",
	  false },
};
START_TEST(by_lmtp_each_recipient_is_answered_for)
{
	const char *const replies[] = { "220 ready", "250 stub", "250 fine",  "250 fine",
					"250 fine",  "250 fine", "354 go on", partial[_i].verdicts,
					"221 bye",   NULL };

	ck_assert_int_eq(submit("lmtp", replies, (Outgoing){ TO_THREE }), partial[_i].taken);
	ck_assert_int_eq(why.kind, partial[_i].kind);
	ck_assert_msg(strstr(why.text, partial[_i].text) != NULL, "%s", why.text);
	ck_assert(strstr(text_string(&heard), "LHLO mx.example.net\n"));
	ck_assert(strstr(text_string(&heard), "DATA\nQUIT\n"));
}
END_TEST

/* -- The message --------------------------------------------------------------------------------------- */

START_TEST(a_message_that_cannot_be_read_is_not_begun)
{
	const char *const replies[] = { "220 ready", NULL };
	const Outgoing mail = { TO_BOB, .write = write_message };

	ck_assert(!submit("smtp", replies, mail));
	ck_assert_int_eq(why.kind, FAILURE_RETRY);
	ck_assert(strstr(why.text, "the spool is broken"));
	ck_assert_str_eq(text_string(&heard), "");
}
END_TEST

/* The second time it is read, a part of it is there, and then an error. */
static bool write_half_the_second_time(void *self, int fd, Failure *reason)
{
	int *state = self;
	char byte;

	if (pread(*state, &byte, 1, 0) == 1)
		return write_message((void *)(size_t) "Subject: x\n\nhalf of", fd, reason) &&
		       failure_retry(reason, "the spool broke");
	return pwrite(*state, "x", 1, 0) == 1 &&
	       write_message((void *)(size_t) "Subject: x\n\nhalf of it\n", fd, reason);
}

START_TEST(half_a_message_is_never_ended)
{
	const char *const replies[] = { "220 ready", "250 stub",  "250 fine", "250 fine",
					"354 go on", "250 taken", "221 bye",  NULL };
	FILE *file = tmpfile();
	int state = fileno(file);
	const Outgoing mail = { TO_BOB, .write = write_half_the_second_time, .self = &state };

	ck_assert(!submit("smtp", replies, mail));
	fclose(file);
	ck_assert_int_eq(why.kind, FAILURE_RETRY);
	ck_assert_msg(strstr(why.text, "the spool broke") != NULL, "%s", why.text);
	ck_assert(strstr(text_string(&heard), "DATA\n") && !strstr(text_string(&heard), "QUIT"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("submit");
	TCase *tests = tcase_create("submit");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, NULL);
	tcase_set_timeout(tests, 30);
	tcase_add_loop_test(tests, what_the_server_offers_is_asked_of_it, 0, sizeof asked / sizeof *asked);
	tcase_add_loop_test(tests, what_it_cannot_do_is_refused_for_good, 0,
			    sizeof impossible / sizeof *impossible);
	tcase_add_test(tests, a_recipient_that_is_refused_keeps_nobody_from_it);
	tcase_add_test(tests, a_recipient_that_is_put_off_has_all_wait);
	tcase_add_test(tests, where_all_are_refused_nothing_is_sent);
	tcase_add_test(tests, by_lmtp_only_who_was_accepted_is_answered_for);
	tcase_add_loop_test(tests, by_lmtp_each_recipient_is_answered_for, 0,
			    sizeof partial / sizeof *partial);
	tcase_add_test(tests, a_message_that_cannot_be_read_is_not_begun);
	tcase_add_test(tests, half_a_message_is_never_ended);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
