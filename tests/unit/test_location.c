/* location: Dovecot's notation for where the mail of a user is. */
#include "mailbox/location.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static StoreSettings settings_of(const char *location, const char *user)
{
	return (StoreSettings){ .location = location, .home = "/home/ann", .user = user };
}

static const struct {
	const char *text;
	StoreLayout layout;
	const char *root, *inbox;
} locations[] = {
	{ "maildir:~/Maildir", STORE_MAILDIR, "/home/ann/Maildir", "/home/ann/Maildir" },
	{ "maildir:%h/m//", STORE_MAILDIR, "/home/ann/m", "/home/ann/m" },
	{ "maildir:/mail/%d/%n", STORE_MAILDIR, "/mail/example.org/ann", "/mail/example.org/ann" },
	{ "maildir:/mail/%u/100%%", STORE_MAILDIR, "/mail/ann@example.org/100%",
	  "/mail/ann@example.org/100%" },
	{ "maildir:/a::b", STORE_MAILDIR, "/a:b", "/a:b" },
	{ "maildir:~/m:LAYOUT=fs", STORE_MAILDIR_FS, "/home/ann/m", "/home/ann/m" },
	{ "maildir:~/m:LAYOUT=Maildir++:INDEX=/x:VOLATILEDIR=/y", STORE_MAILDIR, "/home/ann/m",
	  "/home/ann/m" },
	{ "mbox:~/mail:INBOX=/var/mail/%n", STORE_MBOX, "/home/ann/mail", "/var/mail/ann" },
};

START_TEST(a_location_names_the_places_of_mail)
{
	const StoreSettings settings = settings_of(locations[_i].text, "ann@example.org");
	AUTO_VALUE(Location) location = { 0 };
	Failure why = { 0 };

	ck_assert_msg(location_parse(&location, &settings, &why), "%s", why.text);
	ck_assert_int_eq(location.layout, locations[_i].layout);
	ck_assert_str_eq(location.root, locations[_i].root);
	ck_assert_str_eq(location.inbox, locations[_i].inbox);
}
END_TEST

static const struct {
	const char *text, *user, *why;
} wrong[] = {
	{ "maildir:/mail/%x", "ann", "unknown variable '%x'" },
	{ "maildir:/mail/%", "ann", "unknown variable '%'" },
	{ "maildir:/mail/%d", "ann", "%d" }, /* a user without a domain */
	{ "maildir:/mail/%u", "../ann", "%u" },
	{ "maildir:/mail/%n", "..@example.org", "%n" },
	{ "maildir:mail", "ann", "not an absolute path" },
	{ "maildir:/", "ann", "not an absolute path" },
	{ "maildir:~/m:CONTROL=/x", "ann", "unknown option 'CONTROL=/x'" },
	{ "mbox:~/m:LAYOUT=Maildir++", "ann", "unknown option" },
	{ "mh:~/m", "ann", "mh" },
};

START_TEST(what_is_wrong_with_one_is_named)
{
	const StoreSettings settings = settings_of(wrong[_i].text, wrong[_i].user);
	AUTO_VALUE(Location) location = { 0 };
	Failure why = { 0 };

	ck_assert(!location_parse(&location, &settings, &why));
	ck_assert_msg(strstr(why.text, wrong[_i].why) != NULL, "%s: %s", wrong[_i].text, why.text);
	ck_assert_int_eq(why.kind, FAILURE_RETRY);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("location");
	TCase *tests = tcase_create("location");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, a_location_names_the_places_of_mail, 0,
			    sizeof locations / sizeof *locations);
	tcase_add_loop_test(tests, what_is_wrong_with_one_is_named, 0, sizeof wrong / sizeof *wrong);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
