/* test_identity - addresses that are the user's own, and how addresses are written */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "message/address_write.h"
#include "message/identity.h"

static Arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

static const struct {
	const char *list, *written;
} lists[] = {
	{ "a@x.org", "a@x.org" },
	{ "<a@x.org>", "a@x.org" },
	{ "Ann Lee <a@x.org>, b@x.org", "Ann Lee <a@x.org>, b@x.org" },
	{ "\"Lee, Ann\" <a@x.org>", "\"Lee, Ann\" <a@x.org>" },
	{ "\"A \\\"B\\\" C\" <a@x.org>", "\"A \\\"B\\\" C\" <a@x.org>" },
	{ "Zo\xc3\xab <a@x.org>", "=?UTF-8?Q?Zo=C3=AB?= <a@x.org>" },
	{ "\"Lee, Zo\xc3\xab\" <a@x.org>", "=?UTF-8?Q?Lee=2C_Zo=C3=AB?= <a@x.org>" },
	{ "=?utf-8?q?Zo=C3=AB?= <a@x.org>", "=?UTF-8?Q?Zo=C3=AB?= <a@x.org>" },
	{ "=?utf-8?q?a=0Ab?= <a@x.org>", "a b <a@x.org>" },
	{ "\"a b\"@x.org", "\"a b\"@x.org" },
	{ "a@x.org (Ann)", "Ann <a@x.org>" },
	{ "group: a@x.org, b@x.org;", "a@x.org, b@x.org" },
	{ "nobody, a@x.org", "a@x.org" },
	{ "nobody", "" },
	{ "", "" },
};
START_TEST(addresses_are_written_as_fields_want_them)
{
	AUTO_VALUE(Text) value = { 0 };

	address_write_list(slice_of(lists[_i].list), &value, arena);
	ck_assert_str_eq(text_string(&value), lists[_i].written);
}
END_TEST

static const struct {
	const char *list;
	bool safe;
} safe[] = {
	{ "a@x.org", true },
	{ "Ann <a@x.org>, b@x.org", true },
	{ "", false },
	{ "a", false },
	{ "a@x.org, b", false },
	{ "a@x.org\nBcc: b@x.org", false },
	{ "Ann <-f@x.org>", false },
	{ "\xff <a@x.org>", false },
};
START_TEST(a_list_of_mailboxes_has_nothing_else_in_it)
{
	ck_assert_int_eq(address_list_is_safe(slice_of(safe[_i].list), arena), safe[_i].safe);
}
END_TEST

static const Envelope envelope = { .sender_known = true,
				   .sender = "a@x.org",
				   .recipient = "Me+lists@example.org",
				   .original_recipient = "alias",
				   .detail = "lists",
				   .delimiter = "+",
				   .user = "me@dom.example",
				   .home = "/home/me" };

static const struct {
	const char *address;
	bool own;
} owns[] = {
	{ "me+lists@example.org", true },  { "ME@EXAMPLE.org", true },     { "me+other@example.org", true },
	{ "you@example.org", false },      { "me@example.com", false },    { "me@dom.example", true },
	{ "me+x@dom.example", true },      { "second@dom.example", true }, { "third@x.org", true },
	{ "+me@example.org", false },      { "m@example.org", false },     { "", false },
	{ "me-lists@example.org", false },
};
START_TEST(own_addresses_are_known_in_any_case_and_with_details)
{
	Identity own = { 0 };

	identity_add(&own, identity_address("%u", &envelope, arena), arena);
	identity_add_listed(&own, "second@%d, third@x.org nobody", &envelope, arena);
	identity_add_recipient(&own, &envelope, "host.example", arena);
	ck_assert_int_eq(identity_has(&own, slice_of(owns[_i].address), "+"), owns[_i].own);
}
END_TEST

START_TEST(a_local_user_is_at_this_host)
{
	Envelope local = { .recipient = "me", .original_recipient = "root", .user = "me" };

	ck_assert_str_eq(identity_recipient(&local, "host.example", arena), "me@host.example");
	ck_assert_str_eq(identity_original_recipient(&local, "host.example", arena), "root@host.example");
	ck_assert_ptr_null(identity_recipient(&local, NULL, arena));
	ck_assert_ptr_null(identity_address("", &local, arena));
	ck_assert_str_eq(identity_address(" %n@x.org", &envelope, arena), "me@x.org");
	ck_assert_str_eq(identity_address("100%%@x.org", &envelope, arena), "100%@x.org");
	local.recipient = "me\nBcc: b@x.org";
	ck_assert_ptr_null(identity_recipient(&local, "host.example", arena));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("identity");
	TCase *tests = tcase_create("identity");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, addresses_are_written_as_fields_want_them, 0,
			    sizeof lists / sizeof *lists);
	tcase_add_loop_test(tests, a_list_of_mailboxes_has_nothing_else_in_it, 0, sizeof safe / sizeof *safe);
	tcase_add_loop_test(tests, own_addresses_are_known_in_any_case_and_with_details, 0,
			    sizeof owns / sizeof *owns);
	tcase_add_test(tests, a_local_user_is_at_this_host);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
