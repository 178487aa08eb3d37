/* test_report - what came of tests, for people, for TAP and for JUnit's XML */
#ifndef COMMANDS_TEST_REPORT_H
#define COMMANDS_TEST_REPORT_H

#include <stdbool.h>

#include "base/failure.h"
#include "base/text.h"
#include "commands/testbed.h"

typedef struct TestReportOptions {
	bool tap;     /* on standard output, instead of sentences */
	bool verbose; /* every test by its name, not those that failed alone */
	/* A file is good when it has at least as many failures as tests, and was run to its end. */
	bool expect_failure;
} TestReportOptions;

typedef struct TestReport TestReport;

TestReport *test_report_new(const TestReportOptions *options);
void test_report_free(TestReport *report);

/* The events of `file` from now on.  The listener lives as long as the report. */
const TestListener *test_report_file(TestReport *report, const char *file);

/* The closing lines.  True when everything was good. */
bool test_report_finish(TestReport *report);

/* Was there any test? */
bool test_report_has_tests(const TestReport *report);

/* JUnit's XML. */
void test_report_junit(const TestReport *report, Text *out);

DEFINE_AUTO(TestReport, test_report_free)

#endif
