/* test_sieve_world - mailboxexists, :create and environment: what rules may ask of the place they run in */
#include "sieve_truth.h"

static const struct {
	const char *test, *answer;
} folders[] = {
	{ "mailboxexists \"Lists\"", "true" },
	{ "mailboxexists \"Nowhere\"", "false" },
	{ "mailboxexists [\"Lists\", \"Work\"]", "true" },
	{ "mailboxexists [\"Lists\", \"Nowhere\"]", "false" },
	{ "mailboxexists [\"Nowhere\", \"Lists\"]", "false" },
	{ "mailboxexists \"\"", "false" },
	{ "mailboxexists \"L${x}ists\"", "true" },
	{ "mailboxexists \"Lists${hex: 00}x\"", "false" },
	{ "mailboxexists", "2:" },
};
START_TEST(mailboxexists_wants_every_folder_it_names)
{
	sieve_answers((SieveStory){ .message = "\n", .folders = "INBOX Lists Work" },
		      "\"mailbox\", \"variables\", \"encoded-character\"", folders[_i].test,
		      folders[_i].answer);
}
END_TEST

START_TEST(create_goes_with_the_copy)
{
	sieve_told("require [\"mailbox\", \"fileinto\"]; fileinto :create \"New\";", "\n",
		   "file into \"New\", made if missing [line 1]\n");
	sieve_told("require \"mailbox\"; keep :create;", "\n", "1:25: 'keep' has no ':create'\n");
	sieve_told("require \"fileinto\"; fileinto :create \"New\";", "\n",
		   "1:30: ':create' needs require \"mailbox\"\n");
}
END_TEST

static const struct {
	const char *test, *answer;
} items[] = {
	{ "environment \"name\" \"trommel\"", "true" },
	{ "environment \"NAME\" \"Trommel\"", "true" },
	{ "environment \"version\" \"1.2.3\"", "true" },
	{ "environment \"host\" \"mx.example.org\"", "true" },
	{ "environment \"domain\" \"example.org\"", "true" },
	{ "environment \"location\" \"MDA\"", "true" },
	{ "environment \"phase\" \"during\"", "true" },
	{ "environment :matches \"version\" \"*.2.*\"", "true" },
	{ "environment :contains \"host\" \"\"", "true" },
	{ "environment :contains \"remote-ip\" \"\"", "false" },
	{ "environment :contains \"remote-host\" \"\"", "false" },
	{ "environment :contains \"no.such.item\" \"\"", "false" },
	{ "environment :count \"eq\" \"name\" \"1\"", "true" },
	{ "environment \"na${x}me\" \"trommel\"", "true" },
	{ "environment :contains \"x${x}y\" \"\"", "false" },
};
START_TEST(an_item_is_known_or_matches_nothing)
{
	sieve_answers((SieveStory){ .message = "\n" }, "\"environment\", \"relational\", \"variables\"",
		      items[_i].test, items[_i].answer);
}
END_TEST

START_TEST(a_host_without_a_domain_has_none)
{
	SieveStory story = { .message = "\n", .host = "mx" };

	sieve_answers(story, "\"environment\"", "environment :contains \"domain\" \"\"", "false");
	sieve_answers(story, "\"environment\"", "environment \"host\" \"mx\"", "true");
}
END_TEST

START_TEST(an_unknown_item_is_warned_of)
{
	SieveStory story = { .message = "\n",
			     .with_warnings = true,
			     .with_suggestions = true,
			     .script = "require \"environment\";\nif environment \"locaton\" \"MDA\" { }\n" };
	AUTO_VALUE(Text) told = { 0 };

	sieve_story(&story, &told);
	ck_assert_msg(strstr(text_string(&told), "2:16: warning: unknown item 'locaton'") != NULL, "%s",
		      text_string(&told));
	ck_assert_ptr_nonnull(strstr(text_string(&told), "location"));
}
END_TEST

static void add(TCase *tests)
{
	tcase_add_loop_test(tests, mailboxexists_wants_every_folder_it_names, 0,
			    sizeof folders / sizeof *folders);
	tcase_add_test(tests, create_goes_with_the_copy);
	tcase_add_loop_test(tests, an_item_is_known_or_matches_nothing, 0, sizeof items / sizeof *items);
	tcase_add_test(tests, a_host_without_a_domain_has_none);
	tcase_add_test(tests, an_unknown_item_is_warned_of);
}

int main(void)
{
	return sieve_suite("sieve_world", add);
}
