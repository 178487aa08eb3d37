/* What the file says is in force, where it came from is known, and a mistake is shown where it stands. */
#include "system/config.h"

#include <errno.h>
#include <stdbool.h>

#include "forked.h"
#include "system/config_keys.h"

static Config config;
static Failure why;

static void setup(void)
{
	scratch_make();
	config_init(&config);
	why = (Failure){ 0 };
}

static void teardown(void)
{
	config_clear(&config);
	scratch_remove();
}

static bool read_text(const char *text)
{
	write_scratch("conf", text, 0600);
	return config_read(&config, in_scratch("conf"), true, &why);
}

START_TEST(without_a_file_the_defaults_are_in_force)
{
	ck_assert(config_read(&config, in_scratch("absent"), false, &why));
	ck_assert_str_eq(config.mail_location, "auto");
	ck_assert_str_eq(config.mbox_locks, "dotlock fcntl");
	ck_assert_uint_eq(config.deadline_s, 240);
	ck_assert(config.add_return_path && !config.add_delivered_to);
	ck_assert_ptr_null(config.memory); /* nothing was allocated for it */
}
END_TEST

START_TEST(a_file_that_was_asked_for_must_be_there)
{
	ck_assert(!config_read(&config, in_scratch("absent"), true, &why));
	ck_assert_int_eq(failure_exit_status(&why), 75);
	ck_assert_ptr_nonnull(strstr(why.text, "No such file"));
}
END_TEST

static const struct {
	const char *line, *value;
} lines[] = {
	{ "vacation_default_subject = maildir:~/Maildir", "maildir:~/Maildir" },
	{ "vacation_default_subject=maildir:~/Maildir", "maildir:~/Maildir" },
	{ "  vacation_default_subject\t =  maildir:~/My Mail  \r\n", "maildir:~/My Mail" },
	{ "vacation_default_subject = mbox:~/mail # the old place", "mbox:~/mail" },
	{ "vacation_default_subject = mbox:~/mail#1", "mbox:~/mail#1" },
	{ "vacation_default_subject = \" x \" # quoted", " x " },
	{ "vacation_default_subject = \"a # b\"", "a # b" },
	{ "vacation_default_subject = \"say \\\"x\\\\\"", "say \"x\\" },
	{ "vacation_default_subject = a\"b", "a\"b" },
	{ "vacation_default_subject = a=b", "a=b" },
	{ "vacation_default_subject =", "" },
	{ "vacation_default_subject = # nothing", "" },
	{ "vacation_default_subject = \"\"", "" },
	{ "vacation_default_subject = b\xC3\xBC", "b\xC3\xBC" },
	{ "# vacation_default_subject = x\n\n   \n\t# c", "Automated reply" },
};

START_TEST(a_line_is_read_as_it_looks)
{
	ck_assert_msg(read_text(lines[_i].line), "%s", why.text);
	ck_assert_str_eq(config.vacation_default_subject, lines[_i].value);
}
END_TEST

START_TEST(every_type_is_read)
{
	ck_assert_msg(read_text("add_delivered_to = yes\nadd_return_path = Off\nlock_timeout_s = 7\n"
				"mbox_format = mboxo\nmbox_locks = fcntl   flock\nuser_log = ~/x\n"),
		      "%s", why.text);
	ck_assert(config.add_delivered_to && !config.add_return_path);
	ck_assert_uint_eq(config.lock_timeout_s, 7);
	ck_assert_str_eq(config.mbox_format, "mboxo");
	ck_assert_str_eq(config.mbox_locks, "fcntl   flock");
	ck_assert_str_eq(config.user_log, "~/x");
}
END_TEST

static const struct {
	const char *text, *error; /* what follows the path */
} mistakes[] = {
	{ "\n\n  mail_locaton = x", ":3:3: unknown setting 'mail_locaton', did you mean 'mail_location'?" },
	{ "LOCK_TIMEOUT = 3", ":1:1: unknown setting 'LOCK_TIMEOUT', did you mean 'lock_timeout_s'?" },
	{ "entirely_else = 3", ":1:1: unknown setting 'entirely_else'" },
	{ "= 3", ":1:1: unknown setting ''" },
	{ "mail_location", ":1:14: '=' is missing: a line is 'key = value'" },
	{ "lock_timeout_s = soon", ":1:18: lock_timeout_s wants a number from 0 to 200, found 'soon'" },
	{ "lock_timeout_s = 201", ":1:18: lock_timeout_s wants a number from 0 to 200, found '201'" },
	{ "lock_timeout_s = 99999999999999999999", NULL },
	{ "lock_timeout_s = -1", NULL },
	{ "lock_timeout_s =", ":1:17: lock_timeout_s wants a number from 0 to 200, found ''" },
	{ "lock_timeout_s = 5s", NULL },
	{ "add_return_path = maybe", ":1:19: add_return_path wants yes or no, found 'maybe'" },
	{ "mbox_format = mh", ":1:15: mbox_format wants mboxrd or mboxo, found 'mh'" },
	{ "mbox_locks = fcntl lockf",
	  ":1:14: mbox_locks wants one or more of dotlock, fcntl or flock, found 'fcntl lockf'" },
	{ "mbox_locks = fcntl fcntl", NULL },
	{ "mbox_locks =", NULL },
	{ "sendmail = sendmail", ":1:12: sendmail wants a path that begins with /, found 'sendmail'" },
	{ "submission = smtp://localhost:mail",
	  ":1:14: submission wants smtp://host[:port], lmtp://host[:port] or lmtp:///path/of/socket, found "
	  "'smtp://localhost:mail'" },
	{ "submission = localhost", NULL },
	{ "mail_location = Maildir",
	  ":1:17: mail_location wants auto, maildir:PATH or mbox:PATH, found 'Maildir'" },
	{ "mail_location = maildir:Maildir", NULL },
	{ "mail_location = mbox:", NULL },
	{ "special_use = Junk", ":1:15: special_use wants \\Use=Folder \\Use=Folder ..., found 'Junk'" },
	{ "special_use = \\Junk=", NULL },
	{ "recipient_delimiter = @",
	  ":1:23: recipient_delimiter wants signs such as +-, but not @, found '@'" },
	{ "recipient_delimiter = + -", NULL },
	{ "editheader_forbid_add = Subject:", ":1:25: editheader_forbid_add wants names of header fields "
					      "with blanks between them, found 'Subject:'" },
	{ "convert_programs = image/png>image/jpeg",
	  ":1:20: convert_programs wants TYPE/SUBTYPE>TYPE/SUBTYPE=PROGRAM with blanks between them, found "
	  "'image/png>image/jpeg'" },
	{ "convert_programs = png>jpeg=x", NULL },
	{ "environment = a = b; c",
	  ":1:15: environment wants KEY = VALUE with semicolons between them, found 'a = b; c'" },
	{ "spamtest_score_max_value = ten",
	  ":1:28: spamtest_score_max_value wants a decimal number, found 'ten'" },
	{ "virustest_score_max_value = 1.2.3", NULL },
	{ "spamtest_text_value = clean=1",
	  ":1:23: spamtest_text_value wants NUMBER=WORD with semicolons between them, found 'clean=1'" },
	{ "lists = friends",
	  ":1:9: lists wants NAME=/PATH or NAME=sqlite:/PATH QUERY with semicolons between them, found "
	  "'friends'" },
	{ "lists = :a=friends", NULL },
	{ "lists = :a=sqlite:/lists.db", NULL },
	{ "postmaster = <postmaster@example.org>",
	  ":1:14: postmaster wants an address such as bob@example.net, found '<postmaster@example.org>'" },
	{ "user_email = bob", NULL },
	{ "notify_schemes = xmpp:",
	  ":1:18: notify_schemes wants schemes such as xmpp with blanks between them, found 'xmpp:'" },
	{ "user_log = log", ":1:12: user_log wants a path that begins with / or ~/, found 'log'" },
	{ "user_log = ~root/log", NULL },
	{ "hostname = \"x", ":1:12: the quote is never closed" },
	{ "hostname = \"x\\\"", ":1:12: the quote is never closed" },
	{ "hostname = \"x\" y", ":1:16: nothing but a comment may follow the closing quote" },
	{ "hostname = a\nhostname = b", ":2:1: hostname is set in line 1 already" },
	{ "hostname = a\033[2J", ":1:13: a control character stands here" },
	{ "unknown\xff\xe2\x80\xae = 3", ":1:1: unknown setting 'unknown\?\?'" },
};

START_TEST(a_mistake_is_shown_where_it_stands)
{
	char expected[700];

	ck_assert(!read_text(mistakes[_i].text));
	ck_assert_int_eq(failure_exit_status(&why), 75);
	ck_assert_str_eq(why.code, "4.3.5");
	if (!mistakes[_i].error)
		return;
	snprintf(expected, sizeof expected, "%s%s", in_scratch("conf"), mistakes[_i].error);
	ck_assert_str_eq(why.text, expected);
}
END_TEST

START_TEST(a_nul_is_a_control_character)
{
	int fd = open(in_scratch("conf"), O_WRONLY | O_CREAT, 0600);

	ck_assert_int_eq(write(fd, "hostname = a\0b\n", 15), 15);
	close(fd);
	ck_assert(!config_read(&config, in_scratch("conf"), true, &why));
	ck_assert_ptr_nonnull(strstr(why.text, ":1:13: a control character"));
}
END_TEST

START_TEST(the_command_line_overrides_the_file)
{
	ck_assert(read_text("hostname = file\nlock_stale_s = 100\n"));
	ck_assert(config_set(&config, "hostname=line", &why));
	ck_assert(config_set(&config, "hostname=again", &why));
	ck_assert(config_set(&config, "log_json=", &why));
	ck_assert_str_eq(config.hostname, "again");
	ck_assert_uint_eq(config.lock_stale_s, 100);
}
END_TEST

static const struct {
	const char *assignment, *error;
} wrong_options[] = {
	{ "hostname", "-o: 'hostname' is not KEY=VALUE" },
	{ "hostnam=x", "-o: unknown setting 'hostnam', did you mean 'hostname'?" },
	{ "deadline_s=0", "-o: deadline_s wants a number from 1 to 290, found '0'" },
	{ "", "-o: '' is not KEY=VALUE" },
};

START_TEST(a_wrong_option_is_one_of_usage)
{
	ck_assert(!config_set(&config, wrong_options[_i].assignment, &why));
	ck_assert_int_eq(why.kind, FAILURE_USAGE);
	ck_assert_str_eq(why.text, wrong_options[_i].error);
}
END_TEST

static const struct {
	mode_t mode;
	bool trusted;
} modes[] = { { 0600, true }, { 0644, true }, { 0664, false }, { 0646, false } };

START_TEST(a_file_that_others_can_write_is_refused)
{
	write_scratch("conf", "hostname = x\n", modes[_i].mode);
	ck_assert_int_eq(config_read(&config, in_scratch("conf"), false, &why), modes[_i].trusted);
	if (!modes[_i].trusted) {
		ck_assert_int_eq(failure_exit_status(&why), 75);
		ck_assert_ptr_nonnull(strstr(why.text, "chmod go-w"));
	}
}
END_TEST

START_TEST(a_file_of_another_user_is_refused)
{
	if (geteuid() != 0) {
		printf("skipped: only root can give files away\n");
		return;
	}
	write_scratch("conf", "hostname = x\n", 0600);
	ck_assert_int_eq(chown(in_scratch("conf"), 54321, 0), 0);
	ck_assert(!config_read(&config, in_scratch("conf"), false, &why));
	ck_assert_ptr_nonnull(strstr(why.text, "uid 54321"));
}
END_TEST

static const char *const good_texts[] = {
	"mail_location = maildir:~/Maildir:LAYOUT=fs",
	"mail_location = mbox:%h/mail:INBOX=/var/mail/%u",
	"mail_location = auto",
	"mail_location =",
	"special_use = \\Junk=Spam folder \\Sent=Sent",
	"special_use =",
	"recipient_delimiter = +-=",
	"recipient_delimiter =",
	"convert_programs = image/*>image/jpeg=tojpeg  image/tiff>image/png=topng",
	"environment = a = b; c =;",
	"spamtest_score_max_value = 12.5",
	"spamtest_text_value = 1=clean; 5=perhaps; 10=spam",
	"lists = :addrbook:company=/srv/list; tag:b.org,2026:x=sqlite:/srv/db select a from b where c = ?",
	"lists = :addrbook:company=~/my list",
	"user_email = %u@example.org",
	"user_email = %u",
	"postmaster = postmaster@example.org",
	"notify_schemes = xmpp z39.50r",
};

START_TEST(texts_that_fit_their_setting_are_taken)
{
	ck_assert_msg(read_text(good_texts[_i]), "%s: %s", good_texts[_i], why.text);
}
END_TEST

START_TEST(what_is_no_file_does_not_make_us_wait)
{
	ck_assert_int_eq(mkfifo(in_scratch("conf"), 0600), 0);
	ck_assert(!config_read(&config, in_scratch("conf"), false, &why));
	ck_assert(!config_read(&config, scratch, false, &why));
	ck_assert_int_eq(failure_exit_status(&why), 75);
}
END_TEST

START_TEST(what_is_printed_can_be_read_again)
{
	AUTO_VALUE(Text) first = { 0 };
	Config again;

	ck_assert(read_text(
		"hostname = \" a \\\"b\\\\ # \"\nvacation_default_subject = \"\\\"x\"\nuser_log = \"\"\n"
		"mbox_dotlock_required = no\nredirect_max = 9\n"));
	config_print(&config, &first);
	write_scratch("conf", text_string(&first), 0600);
	config_init(&again);
	ck_assert_msg(config_read(&again, in_scratch("conf"), true, &why), "%s", why.text);
	ck_assert_str_eq(again.hostname, " a \"b\\ # ");
	ck_assert_str_eq(again.vacation_default_subject, "\"x");
	ck_assert_str_eq(again.user_log, "");
	ck_assert(!again.mbox_dotlock_required);
	ck_assert_uint_eq(again.redirect_max, 9);
	config_clear(&again);
}
END_TEST

START_TEST(each_value_is_printed_with_its_origin)
{
	AUTO_VALUE(Text) out = { 0 };
	char from_file[500];

	ck_assert(read_text("\nlock_stale_s = 100\n"));
	ck_assert(config_set(&config, "hostname=mx", &why));
	config_print(&config, &out);
	snprintf(from_file, sizeof from_file, "lock_stale_s = 100                          # %s:2\n",
		 in_scratch("conf"));
	ck_assert_ptr_nonnull(strstr(text_string(&out), from_file));
	ck_assert_ptr_nonnull(
		strstr(text_string(&out), "hostname = mx                               # -o\n"));
	ck_assert_ptr_nonnull(
		strstr(text_string(&out), "deadline_s = 240                            # built in\n"));
	ck_assert_ptr_nonnull(strstr(text_string(&out), "\n\n# The rules\n"));
}
END_TEST

START_TEST(json_has_the_types_of_the_settings)
{
	AUTO_VALUE(Text) out = { 0 };

	ck_assert(config_set(&config, "hostname=\"x\"", &why));
	config_print_json(&config, &out);
	ck_assert_ptr_nonnull(strstr(text_string(&out),
				     "{\"key\":\"hostname\",\"value\":\"\\\"x\\\"\",\"origin\":\"-o\"}"));
	ck_assert_ptr_nonnull(strstr(text_string(&out), "{\"key\":\"deadline_s\",\"value\":240,\"origin\":\""
							"built in\"}"));
	ck_assert_ptr_nonnull(strstr(text_string(&out), "{\"key\":\"add_return_path\",\"value\":true,"));
}
END_TEST

START_TEST(every_default_is_a_good_value)
{
	for (const ConfigKey *key = config_keys; key->name; key++) {
		AUTO_VALUE(Text) line = { 0 };
		Config again;

		text_printf(&line, "%s = ", key->name);
		config_value_text(&config_defaults, key, &line);
		write_scratch("conf", text_string(&line), 0600);
		config_init(&again);
		ck_assert_msg(config_read(&again, in_scratch("conf"), true, &why), "%s", why.text);
		ck_assert_msg(key->help && key->help[0], "%s has no help", key->name);
		ck_assert(key->type != CONFIG_NUMBER || key->least < key->most);
		config_clear(&again);
	}
}
END_TEST

START_TEST(every_key_is_described_once)
{
	AUTO_VALUE(Text) out = { 0 };

	config_describe(&out);
	for (const ConfigKey *key = config_keys; key->name; key++) {
		AUTO_VALUE(Text) start = { 0 };

		text_printf(&start, "%s\t", key->name);
		ck_assert_ptr_nonnull(strstr(text_string(&out), text_string(&start)));
	}
	ck_assert_ptr_nonnull(strstr(text_string(&out), "lock_timeout_s\ta number from 0 to 200\t60\t"
							"Where mail goes\tseconds to wait"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("config");
	TCase *settings = tcase_create("settings");

	tcase_add_checked_fixture(settings, setup, teardown);
	tcase_add_test(settings, without_a_file_the_defaults_are_in_force);
	tcase_add_test(settings, a_file_that_was_asked_for_must_be_there);
	tcase_add_loop_test(settings, a_line_is_read_as_it_looks, 0, sizeof lines / sizeof lines[0]);
	tcase_add_test(settings, every_type_is_read);
	tcase_add_loop_test(settings, a_mistake_is_shown_where_it_stands, 0,
			    sizeof mistakes / sizeof mistakes[0]);
	tcase_add_loop_test(settings, texts_that_fit_their_setting_are_taken, 0,
			    sizeof good_texts / sizeof *good_texts);
	tcase_add_test(settings, a_nul_is_a_control_character);
	tcase_add_test(settings, the_command_line_overrides_the_file);
	tcase_add_loop_test(settings, a_wrong_option_is_one_of_usage, 0,
			    sizeof wrong_options / sizeof wrong_options[0]);
	tcase_add_loop_test(settings, a_file_that_others_can_write_is_refused, 0,
			    sizeof modes / sizeof modes[0]);
	tcase_add_test(settings, a_file_of_another_user_is_refused);
	tcase_add_test(settings, what_is_no_file_does_not_make_us_wait);
	tcase_add_test(settings, what_is_printed_can_be_read_again);
	tcase_add_test(settings, each_value_is_printed_with_its_origin);
	tcase_add_test(settings, json_has_the_types_of_the_settings);
	tcase_add_test(settings, every_default_is_a_good_value);
	tcase_add_test(settings, every_key_is_described_once);
	suite_add_tcase(suite, settings);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
