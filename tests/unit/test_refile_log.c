/* refile_log - what was written comes back, and what was damaged ends where it ends */
#include "commands/refile_log.h"

#include "forked.h"

static const struct {
	const char *line, *first, *second;
} lines[] = {
	{ "t\ta%09b%0A\t1\n", "a\tb\n", "1" },
	{ "t\t%25\t%\n", "%", "%" },
	{ "t\t100%A\t1\n", "100%A", "1" }, /* not two digits: as it stands there */
	{ "t\t% A\t1\n", "% A", "1" },
	{ "t\t%\t41\n", "%", "41" },
	{ "t\n", "", "" },
	{ "\n", "", "" },
};
START_TEST(a_line_is_taken_apart)
{
	AUTO_VALUE(Text) text = { 0 }, written = { 0 };
	RefileLog log;
	LogReader reader;
	LogLine line;
	Failure why = { 0 };
	int place = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_eq(mkdir(in_scratch("run"), 0700), 0);
	text_printf(&written, "B\n%s", lines[_i].line);
	write_scratch("run/log", text_string(&written), 0600);
	ck_assert_msg(refile_log_open(&log, place, scratch, "run", 0, &why), "%s", why.text);
	ck_assert(refile_log_read(&log, 0, &reader, &why) && refile_log_next(&reader, &why));
	ck_assert_uint_eq(reader.count, 2);
	refile_log_line(&reader, 1, &line, &text);
	ck_assert_str_eq(line.fields[0], lines[_i].first);
	ck_assert_str_eq(line.fields[1], lines[_i].second);
	ck_assert(!refile_log_next(&reader, &why) && refile_log_read_end(&reader));
	refile_log_close(&log);
	close(place);
}
END_TEST

/* What stands between batches is of none; half a line at the end goes. */
START_TEST(a_log_is_read_batch_by_batch)
{
	static const char ends[] = { 'E', 'R', 0, 'E', 0 };
	RefileLog log;
	LogReader reader;
	struct stat file;
	size_t batches = 0;
	Failure why = { 0 };
	int place = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_eq(mkdir(in_scratch("run"), 0700), 0);
	write_scratch("run/log",
		      "B\nt\ta\t7\nE\no\t01\nB\nt\tb\t9\nR\nB\nm\t01\tstays\nB\nt\tc\t8\nE\no\t02\nB\nm\t02\n"
		      "t\td\t10",
		      0600);
	ck_assert_msg(refile_log_open(&log, place, scratch, "run", 0, &why), "%s", why.text);
	ck_assert(!log.finished && !log.undone && log.last_taken == 9);
	ck_assert(fstat(log.fd, &file) == 0 && file.st_size == log.open_batch + 7);
	ck_assert(refile_log_read(&log, 0, &reader, &why));
	for (; refile_log_next(&reader, &why); batches++) {
		ck_assert_uint_eq(reader.count, 2);
		ck_assert_int_eq(reader.end, ends[batches]);
	}
	ck_assert_uint_eq(batches, 5);
	ck_assert(refile_log_read_end(&reader));
	ck_assert(refile_log_read(&log, log.open_batch, &reader, &why));
	ck_assert(refile_log_next(&reader, &why) && refile_log_kind(&reader, 1) == 'm');
	ck_assert(!refile_log_next(&reader, &why) && refile_log_read_end(&reader));
	refile_log_close(&log);
	close(place);
}
END_TEST

/* Of batches that are complete, in order; half a line says nothing, and what was taken back does not count.
 */
START_TEST(keys_are_those_of_complete_batches)
{
	auto_free uint64_t *all = NULL, *taken = NULL;
	size_t count;
	RefileLog log;
	Failure why = { 0 };
	int place = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_eq(mkdir(in_scratch("run"), 0700), 0);
	write_scratch("run/log", "B\nm\t0f\ttaken\nm\t03\tmoved\nE\nB\nm\t04\ttaken\nR\nB\nm\t05\ttaken\nE\n",
		      0600);
	ck_assert_msg(refile_log_open(&log, place, scratch, "run", 0, &why), "%s", why.text);
	ck_assert(!refile_log_is_empty(&log));
	refile_log_add(&log, 'B', NULL);
	refile_log_add(&log, 'm', (const char *const[]){ "01", "taken", NULL });
	refile_log_add(&log, 'E', NULL);
	refile_log_add(&log, 'B', NULL);
	refile_log_add(&log, 'm', (const char *const[]){ "02", "taken", NULL });
	ck_assert(refile_log_flush(&log, &why));
	ck_assert(refile_log_keys(&log, NULL, &all, &count, &why) && count == 4);
	ck_assert(all[0] == 1 && all[1] == 3 && all[2] == 5 && all[3] == 15);
	ck_assert(refile_log_keys(&log, "taken", &taken, &count, &why) && count == 3);
	ck_assert(taken[0] == 1 && taken[1] == 5 && taken[2] == 15);
	write_scratch("run/log", "B", 0600);
	ck_assert(refile_log_is_empty(&log));
	refile_log_close(&log);
	close(place);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("refile_log");
	TCase *tests = tcase_create("refile_log");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
	tcase_add_loop_test(tests, a_line_is_taken_apart, 0, sizeof lines / sizeof *lines);
	tcase_add_test(tests, a_log_is_read_batch_by_batch);
	tcase_add_test(tests, keys_are_those_of_complete_batches);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
