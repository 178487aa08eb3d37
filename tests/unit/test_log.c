/* One delivery is one line, whatever its mail says; and no log ever stops a delivery. */
#include "system/log.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "forked.h"
#include "system/syscalls.h"

static char said[70000];

/* A syslog daemon: listens in the scratch directory. */
static int listen_as(int type)
{
	static char path[400];
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type, 0);

	snprintf(path, sizeof path, "%s", in_scratch("log"));
	snprintf(address.sun_path, sizeof address.sun_path, "%.100s", path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	log_set_syslog_socket(path);
	return fd;
}

static const char *hear(int fd)
{
	ssize_t length = recv(fd, said, sizeof said - 1, MSG_DONTWAIT);

	said[length > 0 ? length : 0] = '\0';
	return said;
}

static const char *json_line(void)
{
	int fd = open(in_scratch("json"), O_RDONLY);
	ssize_t length = fd < 0 ? 0 : read(fd, said, sizeof said - 1);

	said[length > 0 ? length : 0] = '\0';
	close(fd);
	return said;
}

static LogDelivery hostile = {
	.user = "anna",
	.message_id = SLICE("<a\0b\r\nFrom: x\033[2J, result=\"stored\"\xff>"),
	.size_bytes = 5000000000,
	.sender = "",
	.recipient = "anna@example.org",
	.script = "/home/anna/.dovecot.sieve",
	.line = 12,
	.folder = "INBOX, Lists \xC3\xBC\"x\"",
	.duration_us = 12034,
	.result = "stored",
};

START_TEST(a_line_has_priority_name_and_pid)
{
	char expected[100];
	int daemon = listen_as(SOCK_DGRAM);

	log_open("mail", "");
	log_line(LOG_LEVEL_WARNING, "x %d%s", 5, "\n%n");
	snprintf(expected, sizeof expected, "<20>trommel[%d]: x 5?%%n", (int)getpid());
	ck_assert_str_eq(hear(daemon), expected);
	log_open("local3", "");
	log_line(LOG_LEVEL_INFO, "y");
	ck_assert_int_eq(strncmp(hear(daemon), "<158>", 5), 0);
	log_line(LOG_LEVEL_ERROR, "y");
	ck_assert_int_eq(strncmp(hear(daemon), "<155>", 5), 0);
}
END_TEST

START_TEST(a_delivery_is_one_printable_line)
{
	int daemon = listen_as(SOCK_DGRAM);
	const char *line;

	log_open("mail", "");
	log_delivery(&hostile);
	line = strstr(hear(daemon), "user=");
	ck_assert_ptr_nonnull(line);
	ck_assert_str_eq(line,
			 "user=anna, msgid=\"<a?b??From: x?[2J, result=\\\"stored\\\"?>\", size=5000000000, "
			 "from=\"\", to=anna@example.org, script=/home/anna/.dovecot.sieve, line=12, "
			 "folder=\"INBOX, Lists \xC3\xBC\\\"x\\\"\", ms=12.034, result=stored");
	ck_assert_str_eq(hear(daemon), "");
}
END_TEST

START_TEST(a_failure_says_status_and_reason)
{
	int daemon = listen_as(SOCK_DGRAM);
	LogDelivery failed = { .user = "anna",
			       .message_id = SLICE(""),
			       .folder = "INBOX",
			       .dotlock = "refused",
			       .result = "deferred",
			       .reason = "disk is full",
			       .status = 75 };

	log_open("mail", "");
	log_delivery(&failed);
	ck_assert_ptr_nonnull(strstr(hear(daemon), "result=deferred, status=75, reason=\"disk is full\""));
	ck_assert_ptr_nonnull(strstr(said, ", folder=INBOX, dotlock=refused, ms="));
	ck_assert_int_eq(strncmp(said, "<20>", 4), 0);
}
END_TEST

START_TEST(a_long_line_is_cut_and_says_so)
{
	static char endless[60000];
	int daemon = listen_as(SOCK_DGRAM);

	memset(endless, 'x', sizeof endless - 1);
	log_open("mail", "");
	log_line(LOG_LEVEL_INFO, "%s", endless);
	ck_assert_uint_lt(strlen(hear(daemon)), 1024);
	ck_assert_str_eq(said + strlen(said) - 3, "...");
	hostile.message_id = slice(endless, sizeof endless);
	hostile.sender = endless;
	log_delivery(&hostile);
	ck_assert_uint_lt(strlen(hear(daemon)), 1024);
	ck_assert_ptr_nonnull(strstr(said, "result=stored"));
}
END_TEST

START_TEST(a_daemon_on_a_stream_is_served_too)
{
	int daemon = listen_as(SOCK_STREAM);
	int connection;

	ck_assert_int_eq(listen(daemon, 5), 0);
	log_open("mail", "");
	log_line(LOG_LEVEL_INFO, "one");
	log_line(LOG_LEVEL_INFO, "two");
	connection = accept(daemon, NULL, NULL);
	ck_assert_ptr_nonnull(strstr(hear(connection), "]: one"));
	ck_assert_ptr_nonnull(strstr(said + strlen(said) + 1, "]: two"));
}
END_TEST

/* A courier that has secluded itself. */
static void log_without_new_sockets(void *with)
{
	(void)with;
	log_open("mail", "");
	log_hold();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !syscalls_refuse_sockets())
		_exit(77);
	if (socket(AF_INET, SOCK_DGRAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0)
		_exit(1);
	log_line(LOG_LEVEL_INFO, "held");
}

static const int daemon_types[] = { SOCK_DGRAM, SOCK_STREAM };
START_TEST(who_may_make_no_sockets_writes_to_one_that_is_held)
{
	int daemon = listen_as(daemon_types[_i]), connection = daemon;
	Outcome outcome;

	if (daemon_types[_i] == SOCK_STREAM)
		ck_assert_int_eq(listen(daemon, 5), 0);
	outcome = forked(log_without_new_sockets, NULL);
	if (outcome.status == 77)
		return; /* no seccomp here */
	ck_assert_int_eq(outcome.status, 0);
	if (daemon_types[_i] == SOCK_STREAM)
		connection = accept(daemon, NULL, NULL);
	ck_assert_ptr_nonnull(strstr(hear(connection), ": held"));
}
END_TEST

/* The daemon goes, and another comes, between the two. */
START_TEST(a_held_socket_outlives_the_daemon)
{
	int first = listen_as(SOCK_DGRAM), second;

	log_open("mail", "");
	log_hold();
	close(first);
	ck_assert_int_eq(unlink(in_scratch("log")), 0);
	second = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	snprintf(address.sun_path, sizeof address.sun_path, "%.100s", in_scratch("log"));
	ck_assert_int_eq(bind(second, (struct sockaddr *)&address, sizeof address), 0);
	log_line(LOG_LEVEL_INFO, "after");
	ck_assert_ptr_nonnull(strstr(hear(second), ": after"));
}
END_TEST

START_TEST(a_daemon_that_does_not_listen_costs_a_second_at_most)
{
	time_t start = time(NULL);

	listen_as(SOCK_DGRAM);
	log_open("mail", "");
	for (int i = 0; i < 100; i++)
		log_line(LOG_LEVEL_INFO, "line %d", i);
	ck_assert_int_le(time(NULL) - start, 2);
}
END_TEST

START_TEST(without_a_daemon_nothing_happens)
{
	log_set_syslog_socket(in_scratch("absent"));
	log_open("mail", in_scratch("absent/json"));
	errno = 4711;
	log_line(LOG_LEVEL_INFO, "x");
	log_delivery(&hostile);
	ck_assert_int_eq(errno, 4711);
}
END_TEST

START_TEST(no_facility_is_no_syslog)
{
	int daemon = listen_as(SOCK_DGRAM);

	log_open("", "");
	log_line(LOG_LEVEL_INFO, "x");
	log_delivery(&hostile);
	ck_assert_str_eq(hear(daemon), "");
}
END_TEST

START_TEST(a_delivery_is_one_json_line)
{
	const char *line;

	log_open("", in_scratch("json"));
	log_delivery(&hostile);
	line = json_line();
	ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
	ck_assert_int_eq(strncmp(line, "{\"time\":\"20", 11), 0);
	ck_assert_ptr_nonnull(strstr(line,
				     "\"user\":\"anna\",\"message_id\":\"<a\\u0000b\\r\\nFrom: x\\u001b[2J, "
				     "result=\\\"stored\\\"\xEF\xBF\xBD>\",\"size_bytes\":5000000000,"
				     "\"sender\":\"\",\"recipient\":\"anna@example.org\","
				     "\"script\":\"/home/anna/.dovecot.sieve\",\"line\":12,"));
	ck_assert_ptr_nonnull(strstr(line, "\"line\":12,\"unconfined\":null,\"folder\":"));
	ck_assert_ptr_nonnull(strstr(line, ",\"dotlock\":null,\"duration_us\":"));
	ck_assert_ptr_nonnull(
		strstr(line, "\"duration_us\":12034,\"result\":\"stored\",\"reason\":null,\"status\":0}"));
}
END_TEST

START_TEST(the_json_time_is_now_in_utc)
{
	char before[40], after[40], found[40];
	time_t now = time(NULL);
	struct timespec precise;

	strftime(before, sizeof before, "%Y-%m-%dT%H:%M:%S", gmtime(&now));
	log_open("", in_scratch("json"));
	log_delivery(&hostile);
	/* Not time(2), which may still be in the last second when this clock is in the next. */
	clock_gettime(CLOCK_REALTIME, &precise);
	now = precise.tv_sec;
	strftime(after, sizeof after, "%Y-%m-%dT%H:%M:%S", gmtime(&now));
	snprintf(found, sizeof found, "%.19s", json_line() + 9);
	ck_assert_str_ge(found, before);
	ck_assert_str_le(found, after);
	ck_assert_int_eq(said[9 + 19], '.');
	ck_assert_int_eq(said[9 + 23], 'Z');
}
END_TEST

START_TEST(json_lines_are_appended_and_private)
{
	struct stat file;

	umask(0);
	write_scratch("json", "{}\n", 0600);
	log_open("", in_scratch("json"));
	log_delivery(&hostile);
	ck_assert_int_eq(strncmp(json_line(), "{}\n{\"time\"", 10), 0);
	ck_assert_int_eq(unlink(in_scratch("json")), 0);
	log_open("", in_scratch("json"));
	ck_assert_int_eq(stat(in_scratch("json"), &file), 0);
	ck_assert_int_eq(file.st_mode & 0777, 0600);
}
END_TEST

START_TEST(a_json_log_that_leads_elsewhere_is_refused)
{
	int daemon = listen_as(SOCK_DGRAM);

	write_scratch("victim", "", 0600);
	ck_assert_int_eq(symlink("victim", in_scratch("json")), 0);
	log_open("mail", in_scratch("json"));
	log_delivery(&hostile);
	ck_assert_ptr_nonnull(strstr(hear(daemon), "cannot open log_json"));
	ck_assert_int_eq(unlink(in_scratch("json")), 0);
	ck_assert_int_eq(link(in_scratch("victim"), in_scratch("json")), 0);
	log_open("mail", in_scratch("json"));
	while (*hear(daemon) && !strstr(said, "one name"))
		;
	ck_assert_ptr_nonnull(strstr(said, "one name"));
	log_delivery(&hostile);
	ck_assert_str_eq(json_line(), "");
}
END_TEST

static void setup(void)
{
	scratch_make();
}

static void teardown(void)
{
	log_close();
	scratch_remove();
}

int main(void)
{
	Suite *suite = suite_create("log");
	TCase *lines = tcase_create("lines");

	tcase_set_timeout(lines, 20);
	tcase_add_checked_fixture(lines, setup, teardown);
	tcase_add_test(lines, a_line_has_priority_name_and_pid);
	tcase_add_test(lines, a_delivery_is_one_printable_line);
	tcase_add_test(lines, a_failure_says_status_and_reason);
	tcase_add_test(lines, a_long_line_is_cut_and_says_so);
	tcase_add_test(lines, a_daemon_on_a_stream_is_served_too);
	tcase_add_loop_test(lines, who_may_make_no_sockets_writes_to_one_that_is_held, 0,
			    sizeof daemon_types / sizeof *daemon_types);
	tcase_add_test(lines, a_held_socket_outlives_the_daemon);
	tcase_add_test(lines, a_daemon_that_does_not_listen_costs_a_second_at_most);
	tcase_add_test(lines, without_a_daemon_nothing_happens);
	tcase_add_test(lines, no_facility_is_no_syslog);
	tcase_add_test(lines, a_delivery_is_one_json_line);
	tcase_add_test(lines, the_json_time_is_now_in_utc);
	tcase_add_test(lines, json_lines_are_appended_and_private);
	tcase_add_test(lines, a_json_log_that_leads_elsewhere_is_refused);
	suite_add_tcase(suite, lines);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
