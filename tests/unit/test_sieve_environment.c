/* test_sieve_environment - items of imapsieve and of Dovecot's environment, and all of them as variables
 * RFC 6785, section 4; spec-bosch-sieve-dovecot-environment, sections 3 to 5 */
#include "sieve_truth.h"

static const char *const settings[] = { "environment",
					"site = main; greeting=Good day ;Under_Score=u;empty=", NULL };

static const struct {
	const char *test, *answer;
} items[] = {
	/* RFC 6785, 4.2: at a delivery nobody acted */
	{ "environment \"imap.user\" \"\"", "true" },
	{ "environment \"imap.email\" \"\"", "true" },
	/* 4.5: no flag was changed */
	{ "environment \"imap.changedflags\" \"\"", "true" },
	/* 4.3, 4.4: there is no cause and no mailbox */
	{ "environment :contains \"imap.cause\" \"\"", "false" },
	{ "environment :contains \"imap.mailbox\" \"\"", "false" },
	{ "environment :count \"eq\" \"imap.cause\" \"0\"", "false" },
	/* 4.1: location and phase are those of a delivery */
	{ "environment \"location\" \"MDA\"", "true" },
	{ "environment \"phase\" \"during\"", "true" },
	{ "environment :contains \"vnd.dovecot.mailbox-from\" \"\"", "false" },
	{ "environment :contains \"vnd.dovecot.mailbox-to\" \"\"", "false" },
	/* Dovecot's, section 3 */
	{ "environment \"vnd.dovecot.default-mailbox\" \"INBOX\"", "true" },
	{ "environment \"vnd.dovecot.username\" \"user\"", "true" },
	{ "environment \"vnd.dovecot.config.site\" \"main\"", "true" },
	{ "environment \"VND.Dovecot.Config.SITE\" \"main\"", "true" },
	{ "environment \"vnd.dovecot.config.greeting\" \"Good day\"", "true" },
	{ "environment \"vnd.dovecot.config.under-score\" \"u\"", "true" },
	{ "environment \"vnd.dovecot.config.empty\" \"\"", "true" },
	{ "environment :contains \"vnd.dovecot.config.\" \"\"", "false" },
	{ "environment :contains \"vnd.dovecot.config.sit\" \"\"", "false" },
	/* nothing else of what is configured is told */
	{ "environment :contains \"vnd.dovecot.config.sendmail\" \"\"", "false" },
	/* section 4 */
	{ "string \"${env.vnd.dovecot.default_mailbox}\" \"INBOX\"", "true" },
	{ "string \"${env.vnd.dovecot.username}\" \"user\"", "true" },
	{ "string \"${ENV.host}/${env.phase}\" \"mx.example.org/during\"", "true" },
	{ "string \"${env.vnd.dovecot.config.under_score}\" \"u\"", "true" },
	{ "string \"<${env.imap.cause}>\" \"<>\"", "true" },
	{ "string \"<${env.no.such.item}>\" \"<>\"", "true" },
	{ "string \"${env.remote_ip}\" \"\"", "true" },
};
START_TEST(an_item_has_its_value_by_name_and_as_a_variable)
{
	sieve_answers((SieveStory){ .message = "\n", .settings = settings },
		      "\"vnd.dovecot.environment\", \"vnd.dovecot.imapsieve\", \"relational\", \"variables\"",
		      items[_i].test, items[_i].answer);
}
END_TEST

/* Section 4: they can never be modified. */
START_TEST(variables_of_env_are_read_only)
{
	sieve_told("require [\"variables\", \"vnd.dovecot.environment\"]; set \"env.host\" \"x\";", "\n",
		   "1:55: variables of 'env' cannot be set\n");
	sieve_told("require [\"variables\", \"environment\"]; if string \"${env.host}\" \"x\" { }", "\n",
		   "1:49: 'env' needs require \"vnd.dovecot.environment\"\n");
}
END_TEST

START_TEST(items_belong_to_the_extension_that_is_required)
{
	SieveStory story = { .message = "\n" };

	sieve_answers(story, "\"environment\"", "environment \"imap.user\" \"\"", "false");
	sieve_answers(story, "\"environment\"", "environment \"vnd.dovecot.username\" \"user\"", "false");
	sieve_answers(story, "\"environment\", \"imapsieve\"", "environment \"imap.user\" \"\"", "true");
	/* Section 5: it implies "environment"; "imapsieve" does not (RFC 6785, 2.1). */
	sieve_answers(story, "\"vnd.dovecot.environment\"", "environment \"name\" \"trommel\"", "true");
	sieve_answers(story, "\"imapsieve\"", "environment \"name\" \"trommel\"", "2:4:");
}
END_TEST

START_TEST(what_nobody_set_has_no_value)
{
	sieve_answers((SieveStory){ .message = "\n" }, "\"vnd.dovecot.environment\"",
		      "environment :contains \"vnd.dovecot.config.site\" \"\"", "false");
}
END_TEST

static void add(TCase *tests)
{
	SIEVE_LOOP(tests, an_item_has_its_value_by_name_and_as_a_variable, items);
	tcase_add_test(tests, variables_of_env_are_read_only);
	tcase_add_test(tests, items_belong_to_the_extension_that_is_required);
	tcase_add_test(tests, what_nobody_set_has_no_value);
}

int main(void)
{
	return sieve_suite("sieve_environment", add);
}
