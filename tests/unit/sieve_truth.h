/* sieve_truth - is a test of the language true of a message?
 *
 * `requires` is what stands in the script's require list, TEST a test; the answer is true, false, or the
 * text of what went wrong. */
#ifndef TESTS_SIEVE_TRUTH_H
#define TESTS_SIEVE_TRUTH_H

#include "sieve_helper.h"

/* "true", "false", or what the story tells instead. */
static void sieve_truth(SieveStory story, const char *require, const char *test, Text *answer)
{
	AUTO_VALUE(Text) script = { 0 };

	text_printf(&script, "require [%s];\nif %s { discard; }\n", require, test);
	story.script = text_string(&script);
	sieve_story(&story, answer);
	if (strcmp(text_string(answer), "keep in the inbox [implicit keep]\n") == 0) {
		text_reset(answer);
		text_append_string(answer, "false");
	} else if (strncmp(text_string(answer), "discard", 7) == 0) {
		text_reset(answer);
		text_append_string(answer, "true");
	}
}

/* Fails unless the answer begins with `wanted`. */
__attribute__((unused)) static void sieve_answers(SieveStory story, const char *require, const char *test,
						  const char *wanted)
{
	AUTO_VALUE(Text) answer = { 0 };

	sieve_truth(story, require, test, &answer);
	if (strncmp(text_string(&answer), wanted, strlen(wanted)) != 0)
		ck_abort_msg("%s\n--- on\n%s\n--- is\n%s\n--- and not\n%s", test,
			     story.message ? story.message : "", text_string(&answer), wanted);
}

/* A program of one suite whose test cases are made by `add`. */
__attribute__((unused)) static int sieve_suite(const char *name, void (*add)(TCase *tests))
{
	Suite *suite = suite_create(name);
	TCase *tests = tcase_create(name);
	SRunner *runner;
	int failed;

	add(tests);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

#endif
