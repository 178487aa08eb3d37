/* test_compose - what rules have written leaves as one message with the fields that it should have, whatever
 * was put in
 *
 * With a directory as its argument this program tests nothing and writes hostile messages there, for another
 * reader to look at (tests/compose.sh). */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/text.h"
#include "delivery/compose.h"
#include "message/header.h"
#include "message/words.h"
#include "plan/plan.h"

static Arena *arena;
static Config config;
static Message message;

static const char original[] = "Received: from x by y\nFrom: Ann <ann@example.com>\nSubject: hello\n"
			       "Message-ID: <1@example.com>\n\nThe body.\n";

static Envelope envelope = { .sender_known = true,
			     .sender = "ann@example.com",
			     .recipient = "user@example.org",
			     .user = "user",
			     .home = "/home/user" };

static void begin(Slice bytes)
{
	arena = arena_new();
	config_init(&config);
	message_from_bytes(&message, bytes);
	envelope.sender = "ann@example.com";
	envelope.recipient = "user@example.org";
	envelope.sender_known = true;
}

static void set_up(void)
{
	begin(slice_of(original));
}

static void tear_down(void)
{
	message_clear(&message);
	config_clear(&config);
	arena_free(arena);
}

static Composing composing(void)
{
	return (Composing){ .config = &config,
			    .envelope = &envelope,
			    .message = &message,
			    .host = "mx.example.org",
			    .now = 1795852800,
			    .zone_minutes = 60,
			    .token = "token.1",
			    .arena = arena };
}

static const char *const uris[] = { "mailto:a@example.net?cc=b@example.net", "xmpp:a@example.net" };

/* An ordinary action of each kind; NOTIFY twice. */
static Action usual(size_t which)
{
	static const ActionKind kinds[] = { ACTION_VACATION, ACTION_REJECT, ACTION_REJECT,
					    ACTION_NOTIFY,   ACTION_NOTIFY, ACTION_REPORT };
	static const char *const recipients[] = { "a@example.net", "b@example.net" };
	Action action = { .kind = kinds[which],
			  .script = "",
			  .address = "ann@example.com",
			  .subject = "Subject",
			  .text = "Some text.\n" };

	if (which == 0) {
		action.from = "User <user@example.org>";
		action.to = "Ann <ann@example.com>";
	}
	if (which <= 2) {
		action.message_id = "<1@example.com>";
		action.references = "<0@example.com> <1@example.com>";
	}
	action.is_ereject = which == 2;
	if (action.kind == ACTION_NOTIFY) {
		action.address = uris[which - 3];
		action.importance = 2;
		action.recipients = (PlanList){ (const char **)recipients, which == 3 ? 2 : 0 };
	}
	if (action.kind == ACTION_REPORT) {
		action.type = "abuse";
		action.address = "abuse@example.net";
	}
	return action;
}

enum {
	KINDS = 6
};

/* What leaves, all of it. */
static void write_all(const Composed *mail, Text *out)
{
	Outgoing outgoing = composed_outgoing(mail);
	auto_fd int fd = memfd_create("compose", MFD_CLOEXEC);
	char piece[4096];
	Failure why = { 0 };
	ssize_t got;

	ck_assert_int_ge(fd, 0);
	ck_assert_msg(outgoing.write(outgoing.self, fd, &why), "%s", why.text);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	while ((got = read(fd, piece, sizeof piece)) > 0)
		text_append(out, piece, (size_t)got);
}

static bool compose_into(const Action *action, Composed *mail, Text *out)
{
	const Composing how = composing();

	if (compose(&how, action, mail))
		return false;
	write_all(mail, out);
	return true;
}

/* ---- what holds for every message ---- */

/* Fields that ours have, each once at most; the last two are what some of the values below may set. */
static const char *const known[] = {
	"Message-ID",
	"Date",
	"X-Sieve",
	"From",
	"To",
	"Cc",
	"Subject",
	"Precedence",
	"In-Reply-To",
	"References",
	"X-Priority",
	"Auto-Submitted",
	"Importance",
	"MIME-Version",
	"Content-Type",
	"X-Notify-From",
	"Content-Transfer-Encoding",
	"X-Notify-Option",
	"Content-Disposition",
	"X-y",
};

static void check_fields(Slice bytes)
{
	size_t length = 0, body = 0;
	const HeaderIndex *header;

	ck_assert_msg(header_find_end(bytes, &length, &body), "no end of the header");
	header = header_index(slice(bytes.data, length), arena);
	for (size_t i = 0; i < header->count; i++) {
		const HeaderField *field = &header->fields[i];
		bool found = false;

		for (size_t j = 0; j < sizeof known / sizeof *known && !found; j++)
			found = ascii_equal_fold_string(field->name, known[j]);
		ck_assert_msg(found, "a field '%.*s'", (int)field->raw.length, field->raw.data);
		ck_assert_msg(field->next_same < 0, "two fields '%.*s'", (int)field->name.length,
			      field->name.data);
		for (size_t j = 0; j < field->raw.length; j++)
			ck_assert_msg(!ascii_is_control(field->raw.data[j]) || field->raw.data[j] == '\n' ||
					      field->raw.data[j] == '\t',
				      "a control in '%.*s'", (int)field->raw.length, field->raw.data);
	}
	ck_assert_ptr_nonnull(header_find(header, SLICE("From")));
	ck_assert_ptr_nonnull(header_find(header, SLICE("Date")));
	ck_assert_ptr_nonnull(header_find(header, SLICE("Auto-Submitted")));
}

static void check_lines(Slice bytes)
{
	size_t length = 0;

	for (size_t i = 0; i < bytes.length; i++) {
		length = bytes.data[i] == '\n' ? 0 : length + 1;
		ck_assert_msg(length <= 998, "a line of more than 998 bytes: %.40s", bytes.data + i - 998);
		ck_assert_msg(bytes.data[i] != '\r', "a CR");
		ck_assert_msg(bytes.data[i] != '\0', "a NUL");
	}
	ck_assert(bytes.length && bytes.data[bytes.length - 1] == '\n');
}

static void check_all(const Composed *mail, Slice bytes)
{
	check_lines(bytes);
	check_fields(bytes);
	ck_assert_uint_gt(mail->recipient_count, 0);
	for (size_t i = 0; i < mail->recipient_count; i++)
		ck_assert_ptr_null(strstr(mail->recipients[i], "eve"));
}

/* ---- hostile input ---- */

#define TEN      "0123456789"
#define HUNDRED  TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define THOUSAND HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED
#define BLANKS   "          "
#define FIFTY    "a b c d e f g h i j k l m n o p q r s t u v w x y "
#define ACCENTS  "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
#define MANY_OF  ACCENTS ACCENTS ACCENTS ACCENTS ACCENTS ACCENTS ACCENTS ACCENTS ACCENTS ACCENTS

static const char *const hostile[] = {
	"",
	"\n",
	"\r\n\r\n",
	"x\nBcc: eve@example.net",
	"x\r\nBcc: eve@example.net\r\n\r\nbody",
	"x\rBcc: eve@example.net",
	"x\n\nBcc: eve@example.net",
	"x\n Bcc: eve@example.net",
	"Bcc: eve@example.net\n\n",
	"x\x0b\x0c\x7f\x1b[31m",
	"\xff\xfe\x80",
	"x\xc2\x85y\xe2\x80\xa8z",
	"=?utf-8?q?a=0D=0ABcc:_eve@example.net?=",
	"=?utf-8?b?DQpCY2M6IGV2ZUBleGFtcGxlLm5ldA==?= <a@example.net>",
	"\"a\nBcc: eve@example.net\" <a@example.net>",
	"<a@example.net>\n <eve@example.net>",
	"\"unclosed <a@example.net",
	"(((((((((((a@example.net",
	"a@example.net, , ;;; <>, @, b@",
	"--=_token.1\nContent-Type: text/html\n\n<b>",
	"--=_token.1--\n",
	"Content-Type: text/plain\nBcc: eve@example.net\n\nbody",
	"Content-Type: multipart/mixed; boundary=\"" THOUSAND "\"\n\nbody",
	"Content-Disposition: x;\n\tfilename=y\nContent-\x01: z\nContent-X\xc3\xa9: z\nno field\n\nbody \xff",
	"Content-Transfer-Encoding: 7bit\n\n" MANY_OF,
	"> From x\n.\n..\nFrom x\n",
	THOUSAND THOUSAND THOUSAND,
	BLANKS BLANKS BLANKS,
	FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY,
	MANY_OF MANY_OF MANY_OF MANY_OF MANY_OF MANY_OF MANY_OF,
	"\"" THOUSAND "\" <a@example.net>",
	"<" HUNDRED "@" HUNDRED ">",
	"<" THOUSAND "@example.com>",
	"mailto:eve@example.net?bcc=eve@example.net&subject=a%0Ab",
	"mailto:a@example.net?x-y=" THOUSAND,
};

static const size_t members[] = {
	offsetof(Action, address),    offsetof(Action, from), offsetof(Action, to),
	offsetof(Action, subject),    offsetof(Action, text), offsetof(Action, message_id),
	offsetof(Action, references), offsetof(Action, type),
};

enum {
	MEMBERS = sizeof members / sizeof *members,
	HOSTILE = sizeof hostile / sizeof *hostile,
};

static Action hostile_action(size_t kind, size_t member, size_t value)
{
	Action action = usual(kind);

	*(const char **)(void *)((char *)&action + members[member]) = hostile[value];
	return action;
}

START_TEST(no_member_of_an_action_makes_a_field_or_a_long_line)
{
	for (size_t member = 0; member < MEMBERS; member++)
		for (size_t value = 0; value < HOSTILE; value++)
			for (int is_mime = 0; is_mime < 2; is_mime++) {
				Action action = hostile_action((size_t)_i, member, value);
				AUTO_VALUE(Text) out = { 0 };
				Composed mail;

				action.is_mime = is_mime && action.kind == ACTION_VACATION;
				if (compose_into(&action, &mail, &out))
					check_all(&mail, text_slice(&out));
			}
}
END_TEST

START_TEST(neither_does_the_envelope)
{
	for (size_t value = 0; value < HOSTILE; value++)
		for (int which = 0; which < 4; which++) {
			Action action = usual((size_t)_i);
			AUTO_VALUE(Text) out = { 0 };
			Composed mail;

			tear_down();
			set_up();
			if (which == 0)
				envelope.sender = hostile[value];
			if (which == 1)
				envelope.recipient = hostile[value];
			if (which == 2)
				config.user_email = hostile[value];
			if (which == 3)
				config.postmaster = hostile[value];
			if (compose_into(&action, &mail, &out))
				check_all(&mail, text_slice(&out));
			config_init(&config);
		}
}
END_TEST

static const struct {
	const char *bytes;
	size_t length;
} headers[] = {
#define H(literal)                           \
	{                                    \
		literal, sizeof(literal) - 1 \
	}
	H("X: a\0b\n\n"),
	H("X: " THOUSAND THOUSAND "\r\nY: z\r\n\r\nbody"),
	H("X: \xff\n--=_token.1--\n\n"),
	H("X: a\rBcc: eve\n"),
	H(""),
	H("no header at all"),
};
START_TEST(the_message_that_is_sent_back_spoils_nothing)
{
	for (size_t kind = 0; kind < KINDS; kind++) {
		Action action = usual(kind);
		AUTO_VALUE(Text) out = { 0 };
		Composed mail;

		tear_down();
		begin(slice(headers[_i].bytes, headers[_i].length));
		action.headers_only = true; /* all of a message goes out as it came in */
		ck_assert(compose_into(&action, &mail, &out));
		check_all(&mail, text_slice(&out));
	}
}
END_TEST

/* The fields stay those that they were: a line that has to be broken is folded, and a CR begins none. */
START_TEST(a_header_that_is_sent_back_has_the_fields_that_it_had)
{
	static const char *const heads[] = {
		"X: " THOUSAND "\nY: z\n\n",
		"X: \xc3\xbc" THOUSAND THOUSAND "\r\nY: z\r\n\r\n",
		"X: a\rBcc: eve\nY: z\n\n",
	};

	for (size_t kind = 0; kind < KINDS; kind++) {
		Action action = usual(kind);
		AUTO_VALUE(Text) out = { 0 };
		const char *part;
		const HeaderIndex *header;
		Composed mail;

		if (action.kind != ACTION_REJECT && action.kind != ACTION_REPORT)
			continue;
		tear_down();
		begin(slice_of(heads[_i]));
		action.headers_only = true;
		ck_assert(compose_into(&action, &mail, &out));
		check_all(&mail, text_slice(&out));
		part = strstr(strstr(text_string(&out), "text/rfc822-headers"), "\n\n") + 2;
		header = header_index(slice(part, (size_t)(strstr(part, "\n\n") + 1 - part)), arena);
		ck_assert_uint_eq(header->count, 2);
		for (size_t i = 0; i < header->count; i++)
			ck_assert(slice_equal(header->fields[i].name, i ? SLICE("Y") : SLICE("X")));
	}
}
END_TEST

/* ---- who gets it ---- */

START_TEST(nothing_is_sent_to_the_null_sender)
{
	static const bool to_sender[KINDS] = { true, true, true, false, false, false };
	Action action = usual((size_t)_i);
	AUTO_VALUE(Text) out = { 0 };
	Composed mail;

	envelope.sender = "";
	ck_assert_int_eq(compose_into(&action, &mail, &out), !to_sender[_i]);
	if (!to_sender[_i])
		ck_assert_str_eq(mail.sender, "");
	envelope.sender_known = false;
	ck_assert_int_eq(compose_into(&action, &mail, &out), !to_sender[_i]);
}
END_TEST

/* Whoever has taken over the judge could otherwise write to anybody, in the user's name. */
START_TEST(an_answer_goes_only_to_the_sender)
{
	static const char *const others[] = { "eve@example.com", "ann@example.com.evil.example",
					      "ann@example.com,eve@example.com", "", "ann" };
	Action action = usual(0);
	Composed mail;

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		const Composing how = composing();

		action.address = others[i];
		ck_assert_str_eq(compose(&how, &action, &mail), "it is for somebody else than the sender");
	}
	envelope.sender = "ann";
	const Composing last = composing();

	action.address = "ann@mx.example.org";
	ck_assert_ptr_null(compose(&last, &action, &mail));
	ck_assert_str_eq(mail.recipients[0], "ann@mx.example.org");
}
END_TEST

START_TEST(a_notification_goes_only_to_those_of_its_uri)
{
	static const char *const asked[] = { "eve@example.org", "B@example.net", "b@EXAMPLE.net" };
	Action action = usual(3);
	AUTO_VALUE(Text) out = { 0 };
	Composed mail;

	action.recipients = (PlanList){ (const char **)asked, 3 };
	ck_assert(compose_into(&action, &mail, &out));
	ck_assert_uint_eq(mail.recipient_count, 1);
	ck_assert_str_eq(mail.recipients[0], "b@EXAMPLE.net");
	action.recipients.count = 2;
	ck_assert(!compose_into(&action, &mail, &out));
	action.recipients.count = 0;
	ck_assert(!compose_into(&action, &mail, &out));
}
END_TEST

START_TEST(what_is_no_mail_is_for_the_program)
{
	Action action = usual(4);
	AUTO_VALUE(Text) out = { 0 };
	Composed mail;

	action.arguments = (PlanList){ (const char *[]){ "colour=blue" }, 1 };
	action.from = "sip:me@example.org";
	ck_assert(compose_into(&action, &mail, &out));
	ck_assert(!mail.is_mail);
	ck_assert_str_eq(mail.recipients[0], "xmpp:a@example.net");
	ck_assert_ptr_nonnull(strstr(text_string(&out), "X-Notify-Option: colour=blue\n"));
	ck_assert_ptr_nonnull(strstr(text_string(&out), "X-Notify-From: sip:me@example.org\n"));
	ck_assert_ptr_nonnull(strstr(text_string(&out), "From: user@example.org\n"));
}
END_TEST

START_TEST(an_answer_is_exactly_this)
{
	Action action = usual(0);
	AUTO_VALUE(Text) out = { 0 };
	Composed mail;

	action.subject = "Auto: caf\xc3\xa9";
	action.text = "Gr\xc3\xbc\xc3\x9f"
		      "e\r\n";
	ck_assert(compose_into(&action, &mail, &out));
	ck_assert_str_eq(mail.sender, "");
	ck_assert_ptr_null(mail.dsn_notify);
	ck_assert_str_eq(text_string(&out), "Message-ID: <token.1@mx.example.org>\n"
					    "Date: Sat, 28 Nov 2026 09:00:00 +0100\n"
					    "X-Sieve: trommel " TROMMEL_VERSION "\n"
					    "From: User <user@example.org>\n"
					    "To: Ann <ann@example.com>\n"
					    "Subject: Auto: =?UTF-8?Q?caf=C3=A9?=\n"
					    "In-Reply-To: <1@example.com>\n"
					    "References: <0@example.com> <1@example.com>\n"
					    "Auto-Submitted: auto-replied (vacation)\n"
					    "Precedence: bulk\n"
					    "MIME-Version: 1.0\n"
					    "Content-Type: text/plain; charset=utf-8\n"
					    "Content-Transfer-Encoding: 8bit\n"
					    "\n"
					    "Gr\xc3\xbc\xc3\x9f"
					    "e\n");
	config.vacation_send_from_recipient = true;
	ck_assert(compose_into(&action, &mail, &out));
	ck_assert_str_eq(mail.sender, "user@example.org");
	ck_assert_str_eq(mail.dsn_notify, "NEVER"); /* RFC 5230, 5.1 */
}
END_TEST

START_TEST(a_report_of_a_large_message_is_not_held_in_memory)
{
	Action action = usual(5);
	AUTO_VALUE(Text) out = { 0 };
	Composed mail;

	tear_down();
	begin(SLICE("Subject: x\r\n\r\none\r\ntwo\r"));
	ck_assert(compose_into(&action, &mail, &out));
	ck_assert_ptr_eq(mail.included, &message);
	ck_assert_ptr_null(strstr(arena_copy_bytes(arena, mail.head.data, mail.head.length), "one"));
	ck_assert_ptr_nonnull(strstr(text_string(&out), "\n\nSubject: x\n\none\ntwo\r\n--=_token.1--\n"));
}
END_TEST

static const struct {
	const char *reason, *line, *reply;
} refusals[] = {
	{ "Go away.", "5.7.1 Go away.", "550 5.7.1 Go away.\r\n" },
	/* RFC 5429, 2.5 */
	{ "AntiSpam engine thinks your message is spam.\r\nIt is therefore being refused.\r\n"
	  "Please call 1-900-PAY-US if you want to reach us.\r\n",
	  "5.7.1 AntiSpam engine thinks your message is spam. It is therefore being refused. "
	  "Please call 1-900-PAY-US if you want to reach us.",
	  "550-5.7.1 AntiSpam engine thinks your message is spam.\r\n"
	  "550-5.7.1 It is therefore being refused.\r\n"
	  "550 5.7.1 Please call 1-900-PAY-US if you want to reach us.\r\n" },
	/* 2.1.1 */
	{ "Nein, danke sch\xc3\xb6n.", "5.7.1 the recipient's rules refuse this message",
	  "550 5.7.1 the recipient's rules refuse this message\r\n" },
	{ "", "5.7.1 the recipient's rules refuse this message",
	  "550 5.7.1 the recipient's rules refuse this message\r\n" },
	{ "a\tb\x1b[1m\r250 OK", "5.7.1 a b [1m 250 OK", "550-5.7.1 a b [1m\r\n550 5.7.1 250 OK\r\n" },
};
START_TEST(a_reason_is_said_as_smtp_can)
{
	ck_assert_str_eq(compose_refusal(refusals[_i].reason, arena), refusals[_i].line);
	ck_assert_str_eq(compose_reply(refusals[_i].reason, arena), refusals[_i].reply);
}
END_TEST

START_TEST(no_line_of_a_reply_is_too_long)
{
	const char *reply = compose_reply(THOUSAND THOUSAND "\n" THOUSAND, arena);
	size_t lines = 0, bytes = 0;

	ck_assert_uint_lt(strlen(compose_refusal(THOUSAND, arena)), 512);
	while (*reply) {
		size_t length = strcspn(reply, "\n") + 1;

		ck_assert_uint_le(length, 512);
		bytes += length - 12;
		lines++;
		reply += length;
		ck_assert_int_eq(reply[-length + 3], *reply ? '-' : ' ');
	}
	ck_assert_uint_eq(lines, 8); /* of 400 at most: five and three */
	ck_assert_uint_eq(bytes, 3000);
}
END_TEST

START_TEST(no_two_tokens_are_alike)
{
	const char *one = compose_token(1, arena), *other = compose_token(1, arena);

	ck_assert_str_ne(one, other);
	for (; *one; one++)
		ck_assert(ascii_is_alnum(*one) || *one == '.');
}
END_TEST

/* ---- for another reader ---- */

static void write_one(const char *where, size_t number, Slice bytes)
{
	char path[4096];
	auto_fd int fd = -1;

	snprintf(path, sizeof path, "%s/%05zu.eml", where, number);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes.data, bytes.length), (ssize_t)bytes.length);
}

static const char *directory;

START_TEST(hostile_messages_for_another_reader)
{
	size_t number = 0;

	for (size_t kind = 0; kind < KINDS; kind++)
		for (size_t member = 0; member < MEMBERS; member++)
			for (size_t value = 0; value < HOSTILE; value++) {
				Action action = hostile_action(kind, member, value);
				AUTO_VALUE(Text) out = { 0 };
				Composed mail;

				if (compose_into(&action, &mail, &out) && mail.is_mail)
					write_one(directory, number++, text_slice(&out));
			}
}
END_TEST

static void add(TCase *tests)
{
	tcase_add_loop_test(tests, no_member_of_an_action_makes_a_field_or_a_long_line, 0, KINDS);
	tcase_add_loop_test(tests, neither_does_the_envelope, 0, KINDS);
	tcase_add_loop_test(tests, the_message_that_is_sent_back_spoils_nothing, 0,
			    sizeof headers / sizeof *headers);
	tcase_add_loop_test(tests, a_header_that_is_sent_back_has_the_fields_that_it_had, 0, 3);
	tcase_add_loop_test(tests, nothing_is_sent_to_the_null_sender, 0, KINDS);
	tcase_add_test(tests, an_answer_goes_only_to_the_sender);
	tcase_add_test(tests, a_notification_goes_only_to_those_of_its_uri);
	tcase_add_test(tests, what_is_no_mail_is_for_the_program);
	tcase_add_test(tests, an_answer_is_exactly_this);
	tcase_add_test(tests, a_report_of_a_large_message_is_not_held_in_memory);
	tcase_add_loop_test(tests, a_reason_is_said_as_smtp_can, 0, sizeof refusals / sizeof *refusals);
	tcase_add_test(tests, no_line_of_a_reply_is_too_long);
	tcase_add_test(tests, no_two_tokens_are_alike);
}

int main(int argc, char **argv)
{
	Suite *suite = suite_create("compose");
	TCase *tests = tcase_create("compose");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	directory = argc == 2 ? argv[1] : NULL;
	if (directory)
		tcase_add_test(tests, hostile_messages_for_another_reader);
	else
		add(tests);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
