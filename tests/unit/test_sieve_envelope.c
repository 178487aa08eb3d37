/* test_sieve_envelope - who sent it and to whom, as the MTA told it; details of addresses */
#include "sieve_truth.h"

#define REQUIRE "\"envelope\", \"subaddress\", \"relational\", \"comparator-i;ascii-numeric\""

static const struct {
	const char *sender, *recipient, *test, *answer;
} truths[] = {
	{ "ann@example.org", NULL, "envelope \"from\" \"ANN@example.org\"", "true" },
	{ "ann@example.org", NULL, "envelope :domain \"from\" \"example.org\"", "true" },
	{ "ann@example.org", NULL, "envelope :localpart \"from\" \"bob\"", "false" },
	{ "ann@example.org", NULL, "envelope [\"to\", \"from\"] \"ann@example.org\"", "true" },
	/* The null sender is "" in every part, and counts as none (RFC 5231, 4.2). */
	{ "", NULL, "envelope \"from\" \"\"", "true" },
	{ "", NULL, "envelope :domain \"from\" \"\"", "true" },
	{ "", NULL, "envelope :matches \"from\" \"?*\"", "false" },
	{ "", NULL, "envelope :count \"eq\" :comparator \"i;ascii-numeric\" \"from\" \"0\"", "true" },
	/* The detail is in the address. */
	{ NULL, "bob+lists@example.net", "envelope :detail \"to\" \"lists\"", "true" },
	{ NULL, "bob+lists@example.net", "envelope :user \"to\" \"bob\"", "true" },
	{ NULL, "bob+lists@example.net", "envelope :localpart \"to\" \"bob+lists\"", "true" },
	{ NULL, "bob@example.net", "envelope :matches :detail \"to\" \"*\"", "false" },
	/* An account alone, as with Sendmail. */
	{ NULL, "bob", "envelope \"to\" \"bob\"", "true" },
	{ NULL, "bob", "envelope :localpart \"to\" \"bob\"", "true" },
	{ NULL, "bob", "envelope :matches :detail \"to\" \"*\"", "false" },
	{ NULL, "bob", "envelope :user \"to\" \"bob\"", "true" },
	/* No address and no account. */
	{ NULL, "bob@@", "envelope \"to\" \"bob@@\"", "true" },
	{ NULL, "bob@@", "envelope :matches :localpart \"to\" \"*\"", "false" },
};
START_TEST(the_envelope_is_what_the_mta_told)
{
	const SieveStory story = { .sender = truths[_i].sender, .recipient = truths[_i].recipient };

	sieve_answers(story, REQUIRE, truths[_i].test, truths[_i].answer);
}
END_TEST

static void add(TCase *tests)
{
	tcase_add_loop_test(tests, the_envelope_is_what_the_mta_told, 0, sizeof truths / sizeof *truths);
}

int main(void)
{
	return sieve_suite("sieve_envelope", add);
}
