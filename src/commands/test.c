/* test - run files of tests, written in Sieve: `trommel test` */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/memory.h"
#include "base/panic.h"
#include "commands/commands.h"
#include "commands/settings.h"
#include "commands/test_child.h"
#include "commands/test_report.h"

enum {
	GOOD = 0,
	TESTS_FAILED = 1,
	COULD_NOT_RUN = 2,
	TIMEOUT_S = 60,
	TIMEOUT_MAX_S = 24 * 60 * 60,
	DEPTH_MAX = 32, /* of directories in one another */
};

typedef struct Options {
	const char *config_file; /* NULL: built-in settings */
	const char *keep, *junit;
	unsigned timeout_s;
	TestReportOptions report;
} Options;

enum {
	OPTION_JUNIT = OPTION_LONG,
	OPTION_TAP,
	OPTION_TIMEOUT
};

static const Option options_of_test[] = {
	OPTIONS_OF_SETTINGS,
	{ 'F', "expect-failure", NULL, "tests are expected to fail" },
	{ 'v', "verbose", NULL, "every test by its name, not those that fail alone" },
	{ 'W', "keep", "DIR", "leave what was stored below DIR", ARGUMENT_DIRECTORY },
	{ OPTION_JUNIT, "junit", "FILE", "a report in JUnit's XML", ARGUMENT_FILE },
	{ OPTION_TAP, "tap", NULL, "TAP instead of sentences" },
	{ OPTION_TIMEOUT, "timeout", "SECONDS", "for each file (60)" },
	{ 0 },
};

static bool read_options(int argc, char **argv, Options *options)
{
	int option;

	optind = 1;
	while ((option = options_next(&test_command, argc, argv)) != -1)
		switch (option) {
		case 'c':
			options->config_file = optarg;
			break;
		case 'F':
			options->report.expect_failure = true;
			break;
		case 'v':
			options->report.verbose = true;
			break;
		case 'W':
			options->keep = optarg;
			break;
		case OPTION_JUNIT:
			options->junit = optarg;
			break;
		case OPTION_TAP:
			options->report.tap = true;
			break;
		case OPTION_TIMEOUT:
			if (!options_count(&test_command, "--timeout", optarg, TIMEOUT_MAX_S,
					   &options->timeout_s))
				return false;
			break;
		case 'o': /* settings_read's */
			break;
		default:
			return false;
		}
	return options_enough(&test_command, argc, argv, 1, "a file of tests, or a directory of such");
}

/* ---- the files ---- */

typedef struct Files {
	char **items;
	size_t count, capacity;
} Files;

static void files_clear(Files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->items[i]);
	free(files->items);
}

DEFINE_AUTO_VALUE(Files, files_clear)

static void add_file(Files *files, const char *path)
{
	MEMORY_GROW(files->items, files->count, files->capacity);
	files->items[files->count++] = memory_copy_string(path);
}

static bool is_test(const char *name)
{
	size_t length = strlen(name);

	return length > 7 && strcmp(name + length - 7, ".svtest") == 0;
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool add_directory(Files *files, const char *path, unsigned depth, Failure *why);

static bool add_entry(Files *files, const char *directory, const char *name, unsigned depth, Failure *why)
{
	AUTO_VALUE(Text) path = { 0 };
	struct stat status;

	if (name[0] == '.')
		return true;
	text_printf(&path, "%s/%s", directory, name);
	if (lstat(text_string(&path), &status) < 0)
		return true;
	if (S_ISDIR(status.st_mode))
		return add_directory(files, text_string(&path), depth + 1, why);
	if (is_test(name))
		add_file(files, text_string(&path));
	return true;
}

/* All files of tests in it and below, in the order of their names. */
static bool add_directory(Files *files, const char *path, unsigned depth, Failure *why)
{
	struct dirent **entries;
	bool good = true;
	int count;

	if (depth > DEPTH_MAX)
		return true;
	count = scandir(path, &entries, NULL, compare_names);
	if (count < 0)
		return failure_errno(why, "list '%s'", path);
	for (int i = 0; i < count; i++) {
		good = good && add_entry(files, path, entries[i]->d_name, depth, why);
		free(entries[i]);
	}
	free(entries);
	return good;
}

static bool are_readable(const Files *files, Failure *why)
{
	for (size_t i = 0; i < files->count; i++)
		if (access(files->items[i], R_OK) < 0)
			return failure_errno(why, "read '%s'", files->items[i]);
	return true;
}

static bool find_files(int argc, char **argv, Files *files, Failure *why)
{
	for (int i = optind; i < argc; i++) {
		struct stat status;
		size_t before = files->count;

		if (stat(argv[i], &status) < 0)
			return failure_errno(why, "read '%s'", argv[i]);
		if (!S_ISDIR(status.st_mode))
			add_file(files, argv[i]);
		else if (!add_directory(files, argv[i], 0, why))
			return false;
		else if (files->count == before)
			return failure_retry(why, "there is no file NAME.svtest in '%s'", argv[i]);
	}
	return are_readable(files, why);
}

/* ---- running them ---- */

static bool write_junit(const TestReport *report, const char *path, Failure *why)
{
	auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	AUTO_VALUE(Text) xml = { 0 };

	if (fd < 0)
		return failure_errno(why, "write '%s'", path);
	test_report_junit(report, &xml);
	if (!io_write(fd, xml.data, xml.length) || !close_checked(&fd))
		return failure_errno(why, "write '%s'", path);
	return true;
}

/* What a test begins with: the built-in settings, so that it means the same on every machine, but for what
 * the command line says. */
static bool read_settings(int argc, char **argv, const Options *options, Config *config, Failure *why)
{
	if (options->config_file)
		return settings_read(argc, argv, &test_command, options->config_file, config, why);
	return settings_read_options(argc, argv, &test_command, config, why);
}

static int run(int argc, char **argv, const Options *options, Failure *why)
{
	AUTO_VALUE(Config) config = { 0 };
	AUTO_VALUE(User) user = { 0 };
	AUTO_VALUE(Files) files = { 0 };
	AUTO(TestReport) report = NULL;
	const TestChildOptions child = { &config, &user, options->keep, options->timeout_s };
	bool good;

	config_init(&config);
	if (!read_settings(argc, argv, options, &config, why) || !user_find_uid(&user, getuid(), why) ||
	    !find_files(argc, argv, &files, why))
		return options_complain(&test_command, why->text);
	report = test_report_new(&options->report);
	for (size_t i = 0; i < files.count; i++)
		if (!test_child_run(files.items[i], (unsigned)i + 1, &child,
				    test_report_file(report, files.items[i]), why))
			return options_complain(&test_command, why->text);
	good = test_report_finish(report);
	if (options->junit && !write_junit(report, options->junit, why))
		return options_complain(&test_command, why->text);
	/* Rules given in place of their tests would be good for ever. */
	if (!test_report_has_tests(report)) {
		options_complain(&test_command, "there is no test in what was given");
		good = false;
	}
	return options_written(&test_command, good ? GOOD : TESTS_FAILED);
}

static int command_test(int argc, char **argv)
{
	Options options = { .timeout_s = TIMEOUT_S };
	Failure why = { 0 };

	panic_set_status(COULD_NOT_RUN);
	if (!read_options(argc, argv, &options)) {
		return options_usage(&test_command);
	}
	return run(argc, argv, &options, &why);
}

const Command test_command = {
	.name = "test",
	.run = command_test,
	.summary = "run tests of rules, written in Sieve",
	.synopsis = "test [-Fv] [-c FILE] [-o KEY=VALUE]... [--junit FILE] [--tap] [--keep DIR]\n"
		    "     [--timeout SECONDS] FILE|DIR...\n",
	.about = "Runs tests of rules: files NAME.svtest, written in Sieve, or all that are below a "
		 "directory.\n"
		 "Mail is stored in a scratch directory, and nothing is sent.\n",
	.examples = "trommel test ~/sieve/tests\n",
	.exit_text = "0 all passed, 1 some failed or there were none, 2 could not run",
	.options = options_of_test,
	.operands = ARGUMENT_FILE,
	.page = "trommel-test(1)",
};
