#include "commands/test_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/markup.h"
#include "base/memory.h"
#include "base/printable.h"
#include "base/utf8.h"

enum {
	NAME_BYTES = 300,
	REASON_BYTES = 2000
};

typedef struct Case {
	const char *name; /* NULL: the file itself */
	uint32_t line, failed_line;
	const char *reason; /* NULL: it passed */
	bool crashed;
	double seconds;
} Case;

typedef struct File {
	const char *path;
	Case *cases;
	size_t count, capacity;
	bool as_expected; /* at least as many failures as tests, and no crash */
	double seconds;
} File;

struct TestReport {
	TestReportOptions options;
	TestListener listener;
	Arena *arena;
	File *files;
	size_t count, capacity;
	Case *open; /* the test that runs now */
	double file_began, case_began;
	size_t passed, failed;
};

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static File *last_file(TestReport *report)
{
	return &report->files[report->count - 1];
}

static const char *keep(TestReport *report, Slice text, size_t limit)
{
	AUTO_VALUE(Text) line = { 0 };

	printable_append(&line, text, limit);
	return arena_copy_string(report->arena, text_string(&line));
}

/* The same of several lines, without the last one's end. */
static const char *keep_lines(TestReport *report, Slice text)
{
	AUTO_VALUE(Text) lines = { 0 };

	while (text.length) {
		const char *newline = memchr(text.data, '\n', text.length);
		size_t length = newline ? (size_t)(newline - text.data) : text.length;
		size_t shown = length && text.data[length - 1] == '\r' ? length - 1 : length;

		if (lines.length)
			text_append_char(&lines, '\n');
		printable_append(&lines, slice(text.data, shown), REASON_BYTES);
		text = slice_from(text, length + (newline != NULL));
	}
	return arena_copy_string(report->arena, text_string(&lines));
}

static void print_lines(const char *before, const char *lines)
{
	while (*lines) {
		size_t length = strcspn(lines, "\n");

		printf("%s%.*s\n", before, (int)length, lines);
		lines += length + (lines[length] == '\n');
	}
}

/* ---- as it goes on ---- */

/* In a file of which failures are expected, what passed is bad, unless as much failed as there are tests. */
static bool is_good(const TestReport *report, const File *file, const Case *it)
{
	if (!report->options.expect_failure)
		return !it->reason;
	return file->as_expected || (it->reason && !it->crashed);
}

static const char *reason_of(const Case *it)
{
	return it->reason ? it->reason : "passed, and was expected to fail";
}

/* What is wrong with a whole file may name it itself. */
static bool names_file(const File *file, const char *reason)
{
	size_t length = strlen(file->path);

	return strncmp(reason, file->path, length) == 0 && reason[length] == ':';
}

/* "file.svtest:12: ", and behind it what went wrong. */
static void print_failure(TestReport *report, const File *file, const Case *it, const char *before)
{
	AUTO_VALUE(Text) text = { 0 };
	uint32_t line = it->failed_line ? it->failed_line : it->line;

	if (it->name || !names_file(file, reason_of(it)))
		text_printf(&text, "%s:", file->path);
	if (it->name)
		text_printf(&text, "%u: ", line);
	else if (text.length)
		text_append_char(&text, ' ');
	if (it->name && !report->options.tap)
		text_printf(&text, "'%s' failed: ", it->name);
	text_append_string(&text, reason_of(it));
	print_lines(before, text_string(&text));
}

/* A '#' would begin a directive. */
static void append_description(Text *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '#' || *text == '\\')
			text_append_char(out, '\\');
		text_append_char(out, *text);
	}
}

static void print_tap(TestReport *report, const File *file, const Case *it, bool good)
{
	AUTO_VALUE(Text) about = { 0 };

	append_description(&about, file->path);
	text_append_string(&about, ": ");
	append_description(&about, it->name ? it->name : "the file");
	printf("%sok %zu - %s\n", good ? "" : "not ", report->passed + report->failed, text_string(&about));
	if (!good)
		print_failure(report, file, it, "# ");
}

static void print_sentence(TestReport *report, const File *file, const Case *it, bool good)
{
	if (!good)
		print_failure(report, file, it, "");
	else if (report->options.verbose && it->name)
		printf("%s:%u: '%s' %s\n", file->path, it->line, it->name,
		       it->reason ? "failed, as expected" : "passed");
}

static void count(TestReport *report, const Case *it)
{
	const File *file = last_file(report);
	bool good = is_good(report, file, it);

	if (good)
		report->passed++;
	else
		report->failed++;
	if (report->options.tap)
		print_tap(report, file, it, good);
	else
		print_sentence(report, file, it, good);
	fflush(stdout);
}

/* Where failures are expected it is known at the end of a file what is good. */
static void count_case(TestReport *report, const Case *it)
{
	if (!report->options.expect_failure)
		count(report, it);
}

static void count_file(TestReport *report)
{
	File *file = last_file(report);
	size_t tests = 0, failures = 0;
	bool crashed = false;

	for (size_t i = 0; i < file->count; i++) {
		tests += file->cases[i].name != NULL;
		failures += file->cases[i].failed_line || !file->cases[i].name;
		crashed |= file->cases[i].crashed;
	}
	file->as_expected = failures >= tests && !crashed;
	for (size_t i = 0; i < file->count && report->options.expect_failure; i++)
		count(report, &file->cases[i]);
}

static Case *add_case(TestReport *report, const char *name, uint32_t line)
{
	File *file = last_file(report);
	Case *it;

	MEMORY_GROW(file->cases, file->count, file->capacity);
	it = &file->cases[file->count++];
	*it = (Case){ .name = name, .line = line };
	report->case_began = seconds_now();
	return it;
}

static void close_case(TestReport *report)
{
	Case *it = report->open;

	if (!it)
		return;
	it->seconds = seconds_now() - report->case_began;
	report->open = NULL;
	count_case(report, it);
}

static void fail_file(TestReport *report, uint32_t line, Slice text, bool crashed)
{
	Case *it;

	/* A test that was open has not come to its end. */
	if (report->open) {
		report->open->reason = "not run to its end";
		close_case(report);
	}
	it = add_case(report, NULL, line);
	it->reason = keep_lines(report, text);
	it->crashed = crashed;
	count_case(report, it);
}

static void show(TestReport *report, Slice text)
{
	print_lines(report->options.tap ? "# " : "", keep_lines(report, text));
}

static void hear(void *self, TestEvent event, uint32_t line, Slice text)
{
	TestReport *report = self;

	switch (event) {
	case TEST_BEGINS:
		close_case(report);
		report->open = add_case(report, keep(report, text, NAME_BYTES), line);
		break;
	case TEST_FAILED:
		if (report->open) {
			report->open->reason = keep_lines(report, text);
			report->open->failed_line = line;
		}
		close_case(report);
		break;
	case TEST_PASSED:
		close_case(report);
		break;
	case TEST_FILE_FAILED:
	case TEST_CRASHED:
		fail_file(report, line, text, event == TEST_CRASHED);
		break;
	case TEST_SHOWN:
		show(report, text);
		break;
	case TEST_ENDED:
		close_case(report); /* left by a "stop": started, and not failed */
		last_file(report)->seconds = seconds_now() - report->file_began;
		count_file(report);
		break;
	}
}

TestReport *test_report_new(const TestReportOptions *options)
{
	TestReport *report = memory_zeroed(1, sizeof *report);

	report->options = *options;
	report->arena = arena_new();
	report->listener = (TestListener){ hear, report };
	if (options->tap)
		puts("TAP version 13");
	return report;
}

void test_report_free(TestReport *report)
{
	for (size_t i = 0; i < report->count; i++)
		free(report->files[i].cases);
	free(report->files);
	arena_free(report->arena);
	free(report);
}

const TestListener *test_report_file(TestReport *report, const char *file)
{
	MEMORY_GROW(report->files, report->count, report->capacity);
	report->files[report->count++] = (File){ .path = keep(report, slice_of(file), NAME_BYTES * 4) };
	report->file_began = seconds_now();
	return &report->listener;
}

bool test_report_finish(TestReport *report)
{
	if (report->options.tap)
		printf("1..%zu\n", report->passed + report->failed);
	else
		printf("%zu passed, %zu failed\n", report->passed, report->failed);
	return report->failed == 0;
}

bool test_report_has_tests(const TestReport *report)
{
	return report->passed + report->failed > 0;
}

/* ---- XML ---- */

/* Names and reasons are printable already. */
static void append_escaped(Text *out, const char *text)
{
	markup_append(out, slice_of(text));
}

static void append_case(const TestReport *report, const File *file, const Case *it, Text *out)
{
	text_append_string(out, "    <testcase classname=\"");
	append_escaped(out, file->path);
	text_append_string(out, "\" name=\"");
	append_escaped(out, it->name ? it->name : "the file");
	text_printf(out, "\" time=\"%.3f\"", it->seconds);
	if (is_good(report, file, it)) {
		text_append_string(out, "/>\n");
		return;
	}
	text_append_string(out, ">\n      <failure message=\"");
	append_escaped(out, reason_of(it));
	text_append_string(out, "\">");
	append_escaped(out, file->path);
	text_printf(out, ":%u</failure>\n    </testcase>\n", it->failed_line ? it->failed_line : it->line);
}

static size_t bad_cases(const TestReport *report, const File *file)
{
	size_t bad = 0;

	for (size_t i = 0; i < file->count; i++)
		bad += !is_good(report, file, &file->cases[i]);
	return bad;
}

void test_report_junit(const TestReport *report, Text *out)
{
	text_append_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	text_printf(out, "<testsuites tests=\"%zu\" failures=\"%zu\">\n", report->passed + report->failed,
		    report->failed);
	for (size_t i = 0; i < report->count; i++) {
		const File *file = &report->files[i];

		text_append_string(out, "  <testsuite name=\"");
		append_escaped(out, file->path);
		text_printf(out, "\" tests=\"%zu\" failures=\"%zu\" time=\"%.3f\">\n", file->count,
			    bad_cases(report, file), file->seconds);
		for (size_t j = 0; j < file->count; j++)
			append_case(report, file, &file->cases[j], out);
		text_append_string(out, "  </testsuite>\n");
	}
	text_append_string(out, "</testsuites>\n");
}
