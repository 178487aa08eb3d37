/* folder_name - what users and rules call a folder leads to one below the root, or is refused */
#include "mailbox/folder_name.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define A100                                                                                                 \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aa"
#define A255 A100 A100 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeefffff"

/* On disk in each layout; NULL where there is no such folder. */
static const struct {
	const char *folder, *maildir, *fs, *mbox;
} names[] = {
	{ "Lists", ".Lists", "Lists", "Lists" },
	{ "Lists/Work", ".Lists.Work", "Lists/Work", "Lists/Work" },
	{ "Lists.Work", ".Lists.Work", "Lists.Work", "Lists.Work" },
	{ "K\xc3\xb6ln & co", ".K&APY-ln &- co", "K&APY-ln &- co", "K&APY-ln &- co" },
	/* what leads elsewhere */
	{ "..", NULL, NULL, NULL },
	{ "../x", NULL, NULL, NULL },
	{ "x/..", NULL, NULL, NULL },
	{ "x/../../y", NULL, NULL, NULL },
	{ ".", NULL, NULL, NULL },
	{ "x/./y", NULL, NULL, NULL },
	{ "/etc", NULL, NULL, NULL },
	{ "x//y", NULL, NULL, NULL },
	{ "x/", NULL, NULL, NULL },
	{ "~root", NULL, NULL, NULL },
	/* what no reader shows, or every reader takes for something else */
	{ ".hidden", NULL, NULL, NULL },
	{ "x/.hidden", NULL, NULL, NULL },
	{ "inbox", NULL, NULL, NULL },
	{ "cur", ".cur", NULL, "cur" },
	{ "x/new", ".x.new", NULL, "x/new" },
	{ "tmp/x", ".tmp.x", NULL, "tmp/x" },
	{ "box.lock", ".box.lock", "box.lock", NULL },
	{ "box.lock/x", ".box.lock.x", "box.lock/x", NULL },
	{ "block", ".block", "block", "block" },
	/* what breaks a file that lists folders */
	{ "a\nb", NULL, NULL, NULL },
	{ "a\x7f", NULL, NULL, NULL },
	{ "a\xc2\x80", NULL, NULL, NULL },
	{ "a\xc2\x9f", NULL, NULL, NULL },
	{ "a\xc2\xa0z", ".a&AKA-z", "a&AKA-z", "a&AKA-z" },
	{ "a\xe2\x80\xa8", NULL, NULL, NULL },
	{ "a\xe2\x80\xa9", NULL, NULL, NULL },
	{ "a\xff", NULL, NULL, NULL },
	{ "\xc0\xae\xc0\xae/a", NULL, NULL, NULL }, /* overlong dots */
	/* what has no name on any disk */
	{ A255, NULL, A255, A255 },
	{ A255 "a", NULL, NULL, NULL },
	{ A255 "/" A255 "/" A255 "/" A255, NULL, A255 "/" A255 "/" A255 "/" A255,
	  A255 "/" A255 "/" A255 "/" A255 },
	{ A255 "/" A255 "/" A255 "/" A255 "/x", NULL, NULL, NULL },
};

static void check(StoreLayout layout, const char *folder, const char *expected)
{
	AUTO_VALUE(Text) relative = { 0 };
	Failure why = { 0 };
	bool good = folder_name_on_disk(layout, folder, &relative, &why);

	ck_assert_msg(good == (expected != NULL), "%s: '%s' %s", folder, text_string(&relative), why.text);
	if (good)
		ck_assert_str_eq(text_string(&relative), expected);
	else
		ck_assert_int_eq(why.kind, FAILURE_RETRY);
}

START_TEST(a_folder_lies_below_the_root_or_is_none)
{
	check(STORE_MAILDIR, names[_i].folder, names[_i].maildir);
	check(STORE_MAILDIR_FS, names[_i].folder, names[_i].fs);
	check(STORE_MBOX, names[_i].folder, names[_i].mbox);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("folder_name");
	TCase *tests = tcase_create("folder_name");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, a_folder_lies_below_the_root_or_is_none, 0, sizeof names / sizeof *names);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
