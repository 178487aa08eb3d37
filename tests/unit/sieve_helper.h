/* sieve_helper - a script and a message, and the plan that comes of them, as text
 *
 * Stories are told as strings: `sieve_story` compiles the script, runs it over the message and gives
 * what plan_print prints; when the script has errors, their "line:column: text" lines instead. */
#ifndef TESTS_SIEVE_HELPER_H
#define TESTS_SIEVE_HELPER_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/text.h"
#include "sieve/sieve.h"

/* An included script: "personal/NAME" or "global/NAME" and its source; the list ends with NULL.  A
 * source of "?" cannot be read just now, one of "!" is refused. */
typedef struct SieveStoryScript {
	const char *name, *source;
} SieveStoryScript;

/* What a story may choose; a zeroed one is the usual. */
typedef struct SieveStory {
	const char *script, *message;
	Slice source;          /* instead of `script`, when it has NULs in it */
	Slice bytes;           /* instead of `message` */
	const char *sender;    /* "ann@example.org" */
	const char *recipient; /* "user@example.org" */
	const char *folders;   /* those that exist, blank separated */
	const SieveStoryScript *scripts;
	SieveSetup setup;
	int64_t now;
	const char *host;
	const MimeModule *mime;
	/* Other questions than those for folders; NULL: "no". */
	bool (*answer)(void *self, const Question *question, Answer *answer, Failure *why);
	const char *const *settings; /* names and values in turn, ends with NULL */
	bool with_suggestions;       /* findings with what they suggest behind " | " */
	bool with_warnings;          /* the plan's warnings and the compiler's too */
} SieveStory;

static SieveLoad sieve_story_load(void *self, SievePlace place, const char *name, Text *source, Failure *why)
{
	const SieveStory *story = self;
	char path[300];

	snprintf(path, sizeof path, "%s/%s", place == SIEVE_GLOBAL ? "global" : "personal", name);
	for (const SieveStoryScript *script = story->scripts; script && script->name; script++) {
		if (strcmp(script->name, path) != 0)
			continue;
		if (strcmp(script->source, "?") == 0)
			return failure_retry(why, "read '%s'", path), SIEVE_UNREADABLE;
		if (strcmp(script->source, "!") == 0)
			return failure_retry(why, "others may write '%s'", path), SIEVE_REFUSED;
		text_append_string(source, script->source);
		return SIEVE_LOADED;
	}
	return SIEVE_ABSENT;
}

static bool sieve_story_answer(void *self, const Question *question, Answer *answer, Failure *why)
{
	const SieveStory *story = self;
	const char *at = story->folders ? story->folders : "";
	Slice folder = question->arguments[0];

	if (question->kind != ASK_FOLDER)
		return !story->answer || story->answer(self, question, answer, why);
	for (; *at && !answer->yes; at += strcspn(at, " "), at += strspn(at, " "))
		answer->yes = slice_equal(slice(at, strcspn(at, " ")), folder);
	return true;
}

static const char *sieve_story_setting(void *self, const char *name)
{
	const SieveStory *story = self;

	for (const char *const *it = story->settings; it && *it; it += 2)
		if (strcmp(it[0], name) == 0)
			return it[1];
	return NULL;
}

static void sieve_story_findings(const SieveStory *story, const SieveFindings *findings, Text *out)
{
	for (size_t i = 0; i < findings->count; i++) {
		const SieveFinding *it = &findings->items[i];

		if (it->severity == SIEVE_WARNING && !story->with_warnings)
			continue;
		if (strcmp(it->file, "main") != 0)
			text_printf(out, "%s:", it->file);
		text_printf(out, "%u:%u: %s%s", it->line, it->column,
			    it->severity == SIEVE_WARNING ? "warning: " : "", it->text);
		if (story->with_suggestions && it->suggestion)
			text_printf(out, " | %s", it->suggestion);
		text_append_char(out, '\n');
	}
}

/* Tells the story into `out`. */
static void sieve_story(const SieveStory *story, Text *out)
{
	AUTO(Arena) arena = arena_new();
	SieveSetup setup = story->setup;
	SieveFindings findings = { 0 };
	Failure why = { 0 };
	Message message;
	Envelope envelope = { .sender_known = true,
			      .sender = story->sender ? story->sender : "ann@example.org",
			      .recipient = story->recipient ? story->recipient : "user@example.org",
			      .user = "user",
			      .home = "/home/user" };
	World world = { .ask = sieve_story_answer, .self = (void *)story };
	SieveInput input = { .message = &message,
			     .envelope = &envelope,
			     .world = &world,
			     .mime = story->mime,
			     .now = story->now,
			     .host = story->host ? story->host : "mx.example.org",
			     .version = "1.2.3" };
	Plan *plan = plan_new(arena);
	SieveScript *script;

	setup.load = sieve_story_load;
	setup.setting = sieve_story_setting;
	setup.self = (void *)story;
	script = sieve_compile("main", story->source.data ? story->source : slice_of(story->script), &setup,
			       arena, &findings, &why);
	sieve_story_findings(story, &findings, out);
	if (!script) {
		if (why.kind != FAILURE_NONE)
			text_printf(out, "later: %s\n", why.text);
		return;
	}
	message_from_bytes(&message,
			   story->bytes.data ? story->bytes : slice_of(story->message ? story->message : ""));
	input.header = header_index(message.header, arena);
	sieve_run(script, &input, plan);
	plan_print(plan, out);
	message_clear(&message);
}

/* Is the story of `script` and `message` the one that is `told`? */
__attribute__((unused)) static void sieve_told(const char *script, const char *message, const char *told)
{
	SieveStory story = { .script = script, .message = message };
	AUTO_VALUE(Text) text = { 0 };

	sieve_story(&story, &text);
	if (strcmp(text_string(&text), told) != 0)
		ck_abort_msg("%s\n--- with\n%s\n--- tells\n%s--- and not\n%s", script, message,
			     text_string(&text), told);
}

/* The story that a test tells by its number in a table. */
__attribute__((unused)) static void sieve_story_is(const SieveStory *story, const char *told)
{
	AUTO_VALUE(Text) text = { 0 };

	sieve_story(story, &text);
	if (strcmp(text_string(&text), told) != 0)
		ck_abort_msg("%s\n--- tells\n%s--- and not\n%s", story->script ? story->script : "",
			     text_string(&text), told);
}

/* Runs the tests that `add` adds, as the program's main. */
__attribute__((unused)) static int sieve_tests(const char *name, void (*add)(TCase *tests))
{
	Suite *suite = suite_create(name);
	TCase *tests = tcase_create(name);
	SRunner *runner;
	int failed;

	add(tests);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

#define SIEVE_LOOP(tests, test, table) \
	tcase_add_loop_test(tests, test, 0, (int)(sizeof(table) / sizeof *(table)))

#endif
