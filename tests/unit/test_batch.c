/* test_batch - judges that stay give each message its own plan, in order, whatever happens to them */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/memory.h"
#include "delivery/batch.h"

enum {
	MANY = 3000
};

/* What came out, one line each. */
typedef struct Seen {
	Text lines;
	size_t count;
	const char *deadly; /* the subject of a message whose judge dies when it asks */
	bool stop;
} Seen;

static Seen seen;

static void set_up(void)
{
	seen = (Seen){ 0 };
}

static void tear_down(void)
{
	text_clear(&seen.lines);
}

/* All children, which are judges. */
static void kill_judges(void)
{
	char path[64];
	FILE *children;
	int pid;

	snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
	children = fopen(path, "r");
	ck_assert_ptr_nonnull(children);
	while (fscanf(children, "%d", &pid) == 1)
		kill(pid, SIGKILL);
	fclose(children);
}

static bool answer(void *self, const BatchItem *item, const Question *question, Answer *out, Failure *why)
{
	Seen *it = self;

	(void)why;
	if (it->deadly && strstr(item->message.header.data, it->deadly) == item->message.header.data)
		kill_judges();
	out->yes = question->kind == ASK_FOLDER;
	return true;
}

static bool decided(void *self, BatchItem *item, Plan *plan, Failure *why)
{
	Seen *it = self;

	if (it->stop)
		return failure_retry(why, "enough");
	text_printf(&it->lines, "%s:", item->own ? (const char *)item->own : "");
	plan_print(plan, &it->lines);
	it->count++;
	return true;
}

static Batch *open_batch(const char *script, unsigned judges)
{
	static JudgeJob job;
	Failure why = { 0 };
	Batch *batch;

	job = (JudgeJob){ .script_name = "rules",
			  .script_source = slice_of(script),
			  .redirect_max = 4,
			  .cpu_s = 5,
			  .wall_s = 20,
			  .memory_mb = 128 };
	batch = batch_open(&(BatchSettings){ &job, judges, answer, decided, &seen }, &why);
	ck_assert_msg(batch != NULL, "%s", why.text);
	return batch;
}

static void add(Batch *batch, const Message *message, const Envelope *envelope, const char *own)
{
	const BatchItem item = {
		.message = *message, .envelope = envelope, .now = 1, .own = (void *)(size_t)own
	};
	Failure why = { 0 };

	batch_arena(batch);
	ck_assert_msg(batch_add(batch, &item, &why), "%s", why.text);
}

static void add_text(Batch *batch, const char *text, const char *own)
{
	static const Envelope envelope = { .recipient = "reader@example.org" };
	Message message;

	message_from_bytes(&message, slice_of(text));
	add(batch, &message, &envelope, own ? arena_copy_string(batch_arena(batch), own) : NULL);
}

static void finish(Batch *batch)
{
	Failure why = { 0 };

	ck_assert_msg(batch_finish(batch, &why), "%s", why.text);
	batch_close(batch);
	ck_assert(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}

START_TEST(plans_come_in_the_order_of_the_messages)
{
	Batch *batch = open_batch("require [\"fileinto\", \"variables\"];\n"
				  "if header :matches \"Subject\" \"*\" { fileinto \"${1}\"; }",
				  3);
	AUTO_VALUE(Text) expected = { 0 };

	for (int i = 0; i < MANY; i++) {
		char text[64], own[16];

		snprintf(text, sizeof text, "Subject: f%d\n\nbody\n", i);
		snprintf(own, sizeof own, "%d", i);
		add_text(batch, text, own);
		text_printf(&expected, "%d:file into \"f%d\" [line 2]\n", i, i);
	}
	finish(batch);
	ck_assert_str_eq(text_string(&seen.lines), text_string(&expected));
}
END_TEST

START_TEST(a_judge_that_dies_costs_one_message)
{
	Batch *batch = open_batch("require [\"fileinto\", \"mailbox\"];\n"
				  "if mailboxexists \"a\" { fileinto \"a\"; }",
				  (unsigned)_i);
	int failed = 0, filed = 0;

	seen.deadly = "Subject: deadly";
	for (int i = 0; i < 200; i++)
		add_text(batch, i == 100 ? "Subject: deadly\n\n" : "Subject: harmless\n\n", NULL);
	finish(batch);
	for (const char *at = text_string(&seen.lines); (at = strstr(at, "killed by signal 9")); at++)
		failed++;
	for (const char *at = text_string(&seen.lines); (at = strstr(at, "file into")); at++)
		filed++;
	ck_assert_uint_eq(seen.count, 200);
	/* With several, fresh ones die by the same blow. */
	ck_assert_int_ge(failed, 1);
	ck_assert_int_le(failed, _i == 1 ? 1 : 2 * _i);
	ck_assert_int_eq(filed, 200 - failed);
}
END_TEST

START_TEST(rules_with_errors_are_told_for_every_message)
{
	Batch *batch = open_batch("fileinto \"a\"", 2);

	for (int i = 0; i < 10; i++)
		add_text(batch, "Subject: a\n\n", NULL);
	finish(batch);
	ck_assert_uint_eq(seen.count, 10);
	ck_assert_ptr_nonnull(strstr(text_string(&seen.lines), "rules:1:"));
}
END_TEST

/* What a message is made of crosses whole: envelope, flags, its From_ line, and a body that no memory holds.
 */
START_TEST(a_large_message_stays_in_a_file)
{
	Batch *batch = open_batch(
		"require [\"fileinto\", \"envelope\", \"imap4flags\", \"body\"];\n"
		"if allof(size :over 3M, envelope \"from\" \"a@example.org\",\n"
		"  hasflag \"work\", body :raw :contains \"the end\") { fileinto \"all\"; }",
		1);
	const Envelope envelope = { .sender_known = true, .sender = "a@example.org", .recipient = "b" };
	const char *flags[] = { "\\Seen", "work" };
	int fd = memfd_create("large", MFD_CLOEXEC);
	static char block[1024];
	AUTO_VALUE(Text) bytes = { 0 };
	BatchItem item = { .envelope = &envelope, .flags = { true, flags, 2 } };
	Failure why = { 0 };

	memset(block, 'x', sizeof block);
	block[80] = '\n';
	text_append_string(&bytes, "From a@example.org Thu Jan  1 12:00:00 2026\nSubject: large\n\n");
	for (int i = 0; i < 4096; i++)
		text_append(&bytes, block, sizeof block);
	text_append_string(&bytes, "\nthe end\n");
	ck_assert(io_write(fd, bytes.data, bytes.length) && lseek(fd, 0, SEEK_SET) == 0);

	for (int i = 0; i < 3; i++) { /* in memory */
		message_from_bytes(&item.message, text_slice(&bytes));
		batch_arena(batch);
		ck_assert_msg(batch_add(batch, &item, &why), "%s", why.text);
	}
	ck_assert(message_receive(&item.message, fd, NULL, &why));
	ck_assert_int_ge(item.message.fd, 0); /* in the file */
	batch_arena(batch);
	ck_assert_msg(batch_add(batch, &item, &why), "%s", why.text);
	message_clear(&item.message);
	close(fd);
	finish(batch);
	ck_assert_str_eq(text_string(&seen.lines), ":file into \"all\" (flags \\Seen work) [line 3]\n"
						   ":file into \"all\" (flags \\Seen work) [line 3]\n"
						   ":file into \"all\" (flags \\Seen work) [line 3]\n"
						   ":file into \"all\" (flags \\Seen work) [line 3]\n");
}
END_TEST

START_TEST(who_takes_the_plans_may_end_it)
{
	Batch *batch = open_batch("keep;", 2);
	Failure why = { 0 };

	seen.stop = true;
	add_text(batch, "Subject: a\n\n", NULL);
	ck_assert(!batch_finish(batch, &why));
	ck_assert_str_eq(why.text, "enough");
	batch_close(batch);
	ck_assert(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("batch");
	TCase *tcase = tcase_create("batch");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, plans_come_in_the_order_of_the_messages);
	tcase_add_loop_test(tcase, a_judge_that_dies_costs_one_message, 1, 4);
	tcase_add_test(tcase, rules_with_errors_are_told_for_every_message);
	tcase_add_test(tcase, a_large_message_stays_in_a_file);
	tcase_add_test(tcase, who_takes_the_plans_may_end_it);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
