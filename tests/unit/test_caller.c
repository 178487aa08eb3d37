/* caller - options, else environment, else the lines in front of the message */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "delivery/caller.h"
#include "delivery/trace.h"

static const char *const variables[] = {
	"SENDER", "RECIPIENT", "ORIGINAL_RECIPIENT", "EXTENSION", "LOCAL_PART_SUFFIX", "EXT", "LOCAL", "USER"
};

typedef struct Case {
	const char *message;
	DeliveryRequest request;
	const char *environment[4];                         /* "NAME=value" */
	const char *sender, *recipient, *original, *detail; /* expected; sender NULL: unknown */
} Case;

static const Case cases[] = {
	/* nothing at all: the user */
	{ "Subject: x\n\n", { 0 }, { 0 }, NULL, "bob", NULL, NULL },
	/* the sender: option, environment, From_ line, Return-Path, in this order */
	{ "From f@x  Tue Nov 24 08:11:22 2026\nReturn-Path: <r@x>\n\n",
	  { .sender = "o@x" },
	  { "SENDER=e@x" },
	  "o@x",
	  "bob",
	  NULL,
	  NULL },
	{ "From f@x  Tue Nov 24 08:11:22 2026\nReturn-Path: <r@x>\n\n",
	  { 0 },
	  { "SENDER=e@x" },
	  "e@x",
	  "bob",
	  NULL,
	  NULL },
	{ "From f@x  Tue Nov 24 08:11:22 2026\nReturn-Path: <r@x>\n\n",
	  { 0 },
	  { 0 },
	  "f@x",
	  "bob",
	  NULL,
	  NULL },
	{ "Return-Path: <r@x>\n\n", { 0 }, { 0 }, "r@x", "bob", NULL, NULL },
	{ "Return-Path: <r@x>\n\n", { .sender = "-" }, { 0 }, "r@x", "bob", NULL, NULL },
	/* every spelling of the null sender */
	{ "Return-Path: <r@x>\n\n", { .sender = "" }, { 0 }, "", "bob", NULL, NULL },
	{ "Return-Path: <r@x>\n\n", { .sender = "<>" }, { 0 }, "", "bob", NULL, NULL },
	{ "Return-Path: <r@x>\n\n", { .sender = "mailer-daemon" }, { 0 }, "", "bob", NULL, NULL },
	{ "Return-Path: <r@x>\n\n", { 0 }, { "SENDER=" }, "", "bob", NULL, NULL },
	{ "Return-Path: <MAILER-DAEMON>\n\n", { 0 }, { 0 }, "", "bob", NULL, NULL },
	{ "From MAILER-DAEMON Tue Nov 24 08:11:22 2026\n\n", { 0 }, { 0 }, "", "bob", NULL, NULL },
	{ "\n", { .sender = "MAILER-DAEMON@x" }, { 0 }, "MAILER-DAEMON@x", "bob", NULL, NULL },
	/* a quoted local part may hold blanks */
	{ "From \"a b\"@x  Tue Nov 24 08:11:22 2026\n\n", { 0 }, { 0 }, "\"a b\"@x", "bob", NULL, NULL },
	/* it gets its quotes where an option or a variable has none */
	{ "\n", { .sender = "joe smith@x" }, { 0 }, "\"joe smith\"@x", "bob", NULL, NULL },
	{ "\n", { 0 }, { "SENDER=j..doe@x" }, "\"j..doe\"@x", "bob", NULL, NULL },
	{ "\n", { .sender = "\"a b\"@x" }, { 0 }, "\"a b\"@x", "bob", NULL, NULL },
	{ "\n", { .sender = "@relay:joe@x" }, { 0 }, "@relay:joe@x", "bob", NULL, NULL },
	{ "\n", { .sender = "joe" }, { 0 }, "joe", "bob", NULL, NULL },
	/* no line break gets into what we write */
	{ "\n", { .sender = "a@x\nBcc: evil@x" }, { 0 }, "a@x?Bcc: evil@x", "bob", NULL, NULL },
	/* Postfix's "_" is mended from the lines in front, and only where they say the same */
	{ "Return-Path: <o'neil@x>\nDelivered-To: b#b@y\n\n",
	  { 0 },
	  { "SENDER=o_neil@x", "RECIPIENT=b_b@y" },
	  "o'neil@x",
	  "b#b@y",
	  NULL,
	  NULL },
	{ "Return-Path: <\"j(smith\"@x>\nDelivered-To: \"b b\"@y\n\n",
	  { 0 },
	  { "SENDER=j_smith@x", "RECIPIENT=b_b@y" },
	  "\"j(smith\"@x",
	  "\"b b\"@y",
	  NULL,
	  NULL },
	{ "Return-Path: <oxneil@x>\nDelivered-To: evil@y\n\n",
	  { 0 },
	  { "SENDER=o_neil@x", "RECIPIENT=b_b@y" },
	  "o_neil@x",
	  "b_b@y",
	  NULL,
	  NULL },
	/* recipient, original recipient, detail */
	{ "\n", { .recipient = "r@y", .address = "a@y" }, { "RECIPIENT=e@y" }, NULL, "r@y", "a@y", NULL },
	{ "\n", { .address = "a+x@y" }, { "RECIPIENT=e@y", "EXTENSION=z" }, NULL, "a+x@y", "a+x@y", "x" },
	{ "Delivered-To: b#b@y\n\n",
	  { .address = "b_b@y" },
	  { "RECIPIENT=b_b@y" },
	  NULL,
	  "b#b@y",
	  "b_b@y",
	  NULL },
	{ "Delivered-To: b#b@y\n\n", { .address = "b_b@y" }, { 0 }, NULL, "b_b@y", "b_b@y", NULL },
	{ "\n", { 0 }, { "RECIPIENT=bob+lists@y", "EXTENSION=lists" }, NULL, "bob+lists@y", NULL, "lists" },
	{ "\n",
	  { 0 },
	  { "RECIPIENT=bob@y", "LOCAL_PART_SUFFIX=+lists" },
	  NULL,
	  "bob+lists@y",
	  NULL,
	  "lists" },
	{ "\n", { .detail = "+lists" }, { 0 }, NULL, "bob+lists", NULL, "lists" },
	{ "\n", { 0 }, { "RECIPIENT=bob-lists@y", "EXT=lists" }, NULL, "bob-lists@y", NULL, "lists" },
	{ "\n",
	  { 0 },
	  { "LOCAL_PART=bob", "LOCAL_PART_SUFFIX=+lists", "DOMAIN=y" },
	  NULL,
	  "bob+lists@y",
	  NULL,
	  "lists" },
	{ "\n", { .detail = "" }, { 0 }, NULL, "bob", NULL, NULL },
	{ "\n", { .address = "bob+work@y" }, { 0 }, NULL, "bob+work@y", "bob+work@y", "work" },
	{ "\n", { .recipient = "bob+@y" }, { 0 }, NULL, "bob+@y", NULL, "" },
	{ "\n", { .recipient = "bob@y+z" }, { 0 }, NULL, "bob@y+z", NULL, NULL },
};

static void same(const char *found, const char *expected, const char *what)
{
	ck_assert_msg((!found && !expected) || (found && expected && strcmp(found, expected) == 0),
		      "%s: found %s, expected %s", what, found ? found : "(none)",
		      expected ? expected : "(none)");
}

START_TEST(the_envelope_comes_from_options_then_environment_then_the_message)
{
	const Case *it = &cases[_i];
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Message) message = { 0 };
	Envelope envelope = { .user = "bob", .home = "/home/bob" };

	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
		unsetenv(variables[i]);
	for (size_t i = 0; i < 4 && it->environment[i]; i++)
		putenv((char *)(size_t)it->environment[i]);
	message_from_bytes(&message, slice_of(it->message));
	caller_envelope(&envelope, &it->request, &message, header_index(message.header, arena), "+", arena);
	ck_assert(envelope.sender_known == (it->sender != NULL));
	same(envelope.sender, it->sender ? it->sender : "", "sender");
	same(envelope.recipient, it->recipient, "recipient");
	same(envelope.original_recipient, it->original, "original recipient");
	same(envelope.detail, it->detail, "detail");
}
END_TEST

static const struct {
	const char *message, *sender, *stored;
} heads[] = {
	{ "Subject: x\n\nbody\n", "a@x", "Return-Path: <a@x>\nSubject: x\n\n" },
	{ "Return-Path: <old@x>\nSubject: x\nreturn-path:\n <older@x>\nTo: y\n\nbody", "",
	  "Return-Path: <>\nSubject: x\nTo: y\n\n" },
	{ "Return-Path: <old@x>\nSubject: x\n\n", NULL, "Return-Path: <old@x>\nSubject: x\n\n" },
	{ "Subject: x\r\n\r\nbody\r\n", "a@x", "Return-Path: <a@x>\r\nSubject: x\r\n\r\n" },
	{ "Subject: no body", "a@x", "Return-Path: <a@x>\nSubject: no body" },
};

START_TEST(one_return_path_is_put_in_front_and_nothing_else_changes)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Message) message = { 0 };
	AUTO_VALUE(Config) config = { 0 };
	AUTO_VALUE(Text) head = { 0 };
	Envelope envelope = { .sender_known = heads[_i].sender,
			      .sender = heads[_i].sender,
			      .recipient = "bob" };

	config_init(&config);
	message_from_bytes(&message, slice_of(heads[_i].message));
	trace_make_head(&config, &envelope, &message, header_index(message.header, arena), &head);
	ck_assert_str_eq(text_string(&head), heads[_i].stored);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("caller");
	TCase *tests = tcase_create("caller");
	SRunner *runner = srunner_create(suite);

	tcase_add_loop_test(tests, the_envelope_comes_from_options_then_environment_then_the_message, 0,
			    sizeof cases / sizeof *cases);
	tcase_add_loop_test(tests, one_return_path_is_put_in_front_and_nothing_else_changes, 0,
			    sizeof heads / sizeof *heads);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
