/* test_judge - whatever a judge does, the courier gets a plan that keeps the message, in time
 *
 * Each body below is a judge; most are bad ones. */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/memory.h"
#include "base/sanitized.h"
#include "delivery/judge.h"
#include "delivery/judge_wire.h"
#include "forked.h"
#include "plan/limits.h"
#include "sieve/extension.h"
#include "system/confine.h"

static Arena *arena;
static Message message;
static int variant; /* of the judge that is asked next */
static unsigned wall_s;

static void set_up(void)
{
	arena = arena_new();
	wall_s = 4;
	message_from_bytes(&message, SLICE("Subject: hello\n\nbody\n"));
}

static void tear_down(void)
{
	message_clear(&message);
	arena_free(arena);
}

/* --- the courier's side --- */

typedef struct Folders {
	unsigned asked;
	bool broken;
	char last[64];
} Folders;

/* "Lists" exists. */
static bool answer_folders(void *self, const Question *question, Answer *answer, Failure *why)
{
	Folders *folders = self;
	Slice folder = question->arguments[0];

	folders->asked++;
	snprintf(folders->last, sizeof folders->last, "%.*s", (int)folder.length, folder.data);
	if (folders->broken)
		return failure_retry(why, "the disk is away");
	answer->yes = slice_equal(folder, SLICE("Lists"));
	return true;
}

static unsigned open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static const Plan *ask_within(JudgeBody body, Folders *folders, unsigned seconds)
{
	const World world = { answer_folders, folders };
	const JudgeJob job = { .script_name = "rules",
			       .script_source = SLICE(""),
			       .message = &message,
			       .redirect_max = 2,
			       .cpu_s = 1,
			       .wall_s = wall_s,
			       .memory_mb = 128 };
	unsigned before = open_descriptors();
	int64_t start = frame_clock_ms();
	Failure why = { 0 };
	Plan *plan = NULL;

	ck_assert_msg(judge_ask_with(&job, &world, body, arena, &plan, &why), "%s", why.text);
	ck_assert_int_lt(frame_clock_ms() - start, seconds * 1000);
	ck_assert_ptr_nonnull(plan);
	ck_assert_msg(plan_check(plan, INT64_MAX, &why), "%s", why.text);
	ck_assert_uint_eq(open_descriptors(), before);
	ck_assert(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
	return plan;
}

static const Plan *ask(JudgeBody body)
{
	Folders folders = { 0 };

	return ask_within(body, &folders, 20);
}

static void assert_kept(const Plan *plan, const char *text)
{
	ck_assert_int_eq(plan->outcome, PLAN_RUN_ERROR);
	ck_assert(plan->implicit_keep);
	ck_assert_uint_eq(plan->count, 0);
	ck_assert_msg(strstr(plan->error, text), "'%s' is not in '%s'", text, plan->error);
	ck_assert_int_eq(strncmp(plan->error, "rules: the judge ", 17), 0);
}

/* --- what judges are made of --- */

static void send_plan(int socket, const Plan *plan)
{
	AUTO_VALUE(Text) bytes = { 0 };

	plan_encode(plan, &bytes);
	frame_send(socket, FRAME_PLAN, text_slice(&bytes));
}

static void send_folder(int socket, const char *folder)
{
	Plan *plan = plan_new(arena_new());

	plan_add(plan, ACTION_FILEINTO)->folder = folder;
	plan->implicit_keep = false;
	send_plan(socket, plan);
}

static bool ask_folder(int socket, const char *folder)
{
	const Question question = { ASK_FOLDER, { slice_of(folder) }, 1 };
	AUTO_VALUE(Text) bytes = { 0 };

	question_encode(&question, &bytes);
	return frame_send(socket, FRAME_ASK, text_slice(&bytes));
}

static void sleep_for_ever(void)
{
	for (;;)
		pause();
}

/* --- good judges --- */

static void files_into_lists(int socket, const JudgeJob *job)
{
	(void)job;
	frame_send_compiled(socket, ~0U);
	send_folder(socket, "Lists");
}

START_TEST(a_good_judge_is_believed)
{
	const Plan *plan = ask(files_into_lists);

	ck_assert_int_eq(plan->outcome, PLAN_DECIDED);
	ck_assert(!plan->implicit_keep);
	ck_assert_uint_eq(plan->count, 1);
	ck_assert_str_eq(plan->actions[0].folder, "Lists");
}
END_TEST

static void asks_for_folders(int socket, const JudgeJob *job)
{
	AUTO_VALUE(Text) answers = { 0 };
	AUTO_VALUE(Text) answer = { 0 };
	const char *folders[] = { "Lists", "Nowhere", "../Lists", "Lists/", "Lists" };

	(void)job;
	frame_send_compiled(socket, ~0U);
	for (size_t i = 0; i < 5; i++) {
		ask_folder(socket, folders[i]);
		if (!frame_read_answer(socket, &answer))
			_exit(9);
		text_append_slice(&answers, text_slice(&answer));
	}
	send_folder(socket, text_string(&answers));
}

START_TEST(the_world_is_asked_for_names_that_can_be_folders)
{
	Folders folders = { 0 };
	const Plan *plan = ask_within(asks_for_folders, &folders, 6);

	ck_assert_str_eq(plan->actions[0].folder, "10001");
	ck_assert_uint_eq(folders.asked, 3);
}
END_TEST

static void reports_its_descriptors(int socket, const JudgeJob *job)
{
	char bytes[4] = "";
	size_t got = 0;
	Failure why = { 0 };
	unsigned open = 0;

	frame_send_compiled(socket, ~0U);
	for (int fd = 0; fd < 1024; fd++)
		open += fcntl(fd, F_GETFD) >= 0 && !(IS_SANITIZED && fd == STDERR_FILENO);
	if (!message_read(job->message, job->message->size_bytes - 4, bytes, 3, &got, &why))
		_exit(9);
	send_folder(socket, arena_printf(arena, "%u %.*s", open, (int)got, bytes));
}

START_TEST(a_judge_holds_its_socket_alone)
{
	ck_assert_str_eq(ask(reports_its_descriptors)->actions[0].folder, "1 ody");
}
END_TEST

static void ends_well_and_writes_on(int socket, const JudgeJob *job)
{
	files_into_lists(socket, job);
	for (int i = 0; i < 100; i++)
		send_folder(socket, "Other");
	io_write(socket, "garbage", 7);
	sleep_for_ever();
}

static int open_spool(void *self, Failure *why)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	(void)self;
	return fd >= 0 ? fd : (failure_errno(why, "make a spool"), -1);
}

/* A message that is too long for memory. */
static void receive_large(void)
{
	const MessageIntake intake = { .open_spool = open_spool };
	static char line[72] = "Subject: large\n\n";
	Failure why;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	if (fork() == 0) {
		for (int i = 0; i < 5000; i++)
			io_write(ends[1], line, sizeof line);
		_exit(0);
	}
	close(ends[1]);
	ck_assert_msg(message_receive(&message, ends[0], &intake, &why), "%s", why.text);
	close(ends[0]);
	wait(NULL);
}

static void forges(int socket, const JudgeJob *job)
{
	int fd = job->message->fd;
	char *bytes = mmap(NULL, 16, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), byte;
	bool reads = pread(fd, &byte, 1, 0) == 1 && byte == 'S';

	frame_send_compiled(socket, ~0U);
	if (bytes != MAP_FAILED)
		memcpy(bytes, "Received: x\n\n", 13);
	(void)!pwrite(fd, "Received: x\n\n", 13, 0);
	(void)!ftruncate(fd, 5);
	send_folder(socket, reads ? "Lists" : "");
}

/* What is stored is what arrived, trace fields of the MTA included. */
START_TEST(a_judge_cannot_write_into_the_message)
{
	char start[16];
	size_t got;
	Failure why;

	receive_large();
	ask(forges);
	ck_assert_msg(message_read(&message, 0, start, sizeof start, &got, &why), "%s", why.text);
	ck_assert_int_eq(memcmp(start, "Subject: large\n\n", 16), 0);
	ck_assert_int_eq(pread(message.spool_fd, start, 16, 0), 16);
	ck_assert_int_eq(memcmp(start, "Subject: large\n\n", 16), 0);
	ck_assert_int_eq(lseek(message.spool_fd, 0, SEEK_END), 5000 * 72);
}
END_TEST

START_TEST(what_follows_the_plan_is_not_listened_to)
{
	const Plan *plan = ask_within(ends_well_and_writes_on, &(Folders){ 0 }, 5);

	ck_assert_uint_eq(plan->count, 1);
	ck_assert_str_eq(plan->actions[0].folder, "Lists");
}
END_TEST

/* --- judges that do not come to an end, or to a bad one --- */

/* The compilers know what this leads to; it is meant. */
static volatile int *nowhere;
static volatile unsigned long deep = ~0UL;

static int overflow(volatile char *before, unsigned long depth)
{
	volatile char here[4096];

	here[0] = before[0];
	return depth ? overflow(here, depth - 1) + here[1] : 0;
}

static void meets_its_end(int socket, const JudgeJob *job)
{
	volatile unsigned long turns = 0;

	(void)job;
	frame_send_compiled(socket, ~0U);
	switch (variant) {
	case 0:
		*nowhere = 1;
		break;
	case 1:
		abort();
	case 2:
		overflow((volatile char[]){ 1 }, deep);
		break;
	case 3:
		for (;;)
			turns++;
	case 4:
		sleep_for_ever();
		break;
	case 5:
		close(socket);
		sleep_for_ever();
		break;
	case 6:
		_exit(3);
	case 7:
		return;
	case 8:
		io_write(socket, "P\x00\x01\x00", 4);
		sleep_for_ever();
		break;
	case 9:
		io_write(socket, "P\x00\x01\x00\x00half", 9);
		return;
	case 10:
		raise(SIGKILL);
		break;
	case 11:
		for (int i = 0; i < 100; i++) {
			/* A byte now and then is no sign of life. */
			io_write(socket, &"P\x00\x01\x00\x00"[i < 5 ? i : 4], 1);
			usleep(100 * 1000);
		}
		break;
	}
}

static const struct {
	const char *text;
	bool needs_plain_memory; /* sanitizers catch these signals */
	unsigned wall_s;         /* 0: as usual */
} ends[] = {
	{ "killed by signal 11 (Segmentation fault)", true },
	{ "killed by signal 6 (Aborted)", true },
	{ "killed by signal 11", true },
	{ "killed by signal 24 (CPU time limit of 1 s: judge_cpu_s)", .wall_s = 19 }, /* on a busy machine */
	{ "came to no end within 4 s" },
	{ "killed by signal 9" },
	{ "ended without a plan, with status 3" },
	{ "ended without a plan, with status 0" },
	{ "came to no end within 4 s" },
	{ "ended without a plan, with status 0" },
	{ "killed by signal 9" },
	{ "came to no end within 4 s" },
};

START_TEST(a_judge_that_does_not_end_well_costs_no_message)
{
	if (ends[_i].needs_plain_memory && IS_SANITIZED) {
		printf("skipped: a sanitizer catches what is '%s'\n", ends[_i].text);
		return;
	}
	variant = _i;
	wall_s = ends[_i].wall_s ? ends[_i].wall_s : wall_s;
	assert_kept(ask(meets_its_end), ends[_i].text);
}
END_TEST

/* --- judges in which a sanitizer finds something --- */

/* Behind closed doors, as the real one. */
static void has_a_bug(int socket, const JudgeJob *job)
{
	const char *volatile bytes = memory_new(8);
	volatile int most = INT_MAX;
	Failure why = { 0 };
	unsigned lacks;

	(void)job;
	if (!confine_close(&lacks, &why))
		_exit(9);
	frame_send_compiled(socket, ~0U);
	send_folder(socket, (variant ? most + 1 : bytes[8]) ? "Lists" : "Other");
}

static const char *const found[] = { "heap-buffer-overflow", "signed integer overflow" };

static void ask_one_that_has_a_bug(void *with)
{
	(void)with;
	ask(has_a_bug);
}

/* Else a test that sees the message kept would be content. */
START_TEST(what_a_sanitizer_finds_in_a_judge_ends_its_courier)
{
	Outcome end;

	if (!IS_SANITIZED) {
		printf("skipped: this is no build with sanitizers\n");
		return;
	}
	variant = _i;
	end = forked(ask_one_that_has_a_bug, NULL);
	ck_assert_msg(strstr(end.said, found[_i]), "%s", end.said);
	ck_assert_int_eq(end.status, SANITIZED_EXIT);
}
END_TEST

/* --- judges that eat --- */

static void eats(int socket, const JudgeJob *job)
{
	(void)socket;
	(void)job;
	for (;;) {
		size_t size = variant ? 100 : 16 * 1024 * 1024;
		char *memory = memory_new(size);

		memory[size - 1] = 1;
		__asm__ volatile("" : : "r"(memory) : "memory");
	}
}

START_TEST(a_judge_that_eats_memory_gives_up)
{
	if (IS_SANITIZED) {
		printf("skipped: a sanitizer reserves more memory than any limit allows\n");
		return;
	}
	variant = _i;
	assert_kept(ask(eats), "gave up: out of memory");
}
END_TEST

/* --- judges that lie --- */

static const struct {
	const char *bytes;
	size_t length;
} nonsense[] = {
	{ "P\xff\xff\xff\xff", 5 },
	{ "P\x01\x00\x00\x04", 5 }, /* one more than a plan may be */
	{ "Q\x01\x00\x01\x04", 5 }, /* than a question */
	{ "C\x05\x00\x00\x00xxxxx", 10 },
	{ "X\xff\xff\x00\x00x", 6 },
	{ "A\x01\x00\x00\x00"
	  "1",
	  6 }, /* what only the courier says */
	{ "\0\0\0\0\0\0\0\0", 8 },
	{ "HTTP/1.1 200 OK\r\n\r\n", 19 },
	{ "C\0\0\0\0", 5 },
	{ "C\4\0\0\0\0\0\0\0Z\0\0\0\0", 14 },
	{ "C\4\0\0\0\0\0\0\0T\0\0\0\0", 14 }, /* steps that nobody asked for */
	/* what the rules can plan is said once */
	{ "C\4\0\0\0\0\0\0\0C\4\0\0\0\xff\xff\xff\xff", 18 },
};

static void talks_nonsense(int socket, const JudgeJob *job)
{
	(void)job;
	io_write(socket, nonsense[variant].bytes, nonsense[variant].length);
	sleep_for_ever();
}

START_TEST(nonsense_ends_the_hearing_at_once)
{
	variant = _i;
	assert_kept(ask_within(talks_nonsense, &(Folders){ 0 }, 5), "talks nonsense");
}
END_TEST

static const struct {
	const char *bytes;
	size_t length;
	const char *told;
} bad_questions[] = {
	{ "Q\0\0\0\0", 5, "asks a question that is none: it ends too soon" },
	{ "Q\2\0\0\0\77\0", 7, "asks a question that is none: a byte has no meaning" },
	{ "Q\2\0\0\0\0\0", 7, "asks a question about a folder with 0 arguments" },
	{ "Q\3\0\0\0\0\0x", 8, "asks a question that is none: something follows its end" },
};

static void asks_badly(int socket, const JudgeJob *job)
{
	(void)job;
	io_write(socket, bad_questions[variant].bytes, bad_questions[variant].length);
	sleep_for_ever();
}

START_TEST(a_question_that_is_none_is_not_answered)
{
	variant = _i;
	assert_kept(ask_within(asks_badly, &(Folders){ 0 }, 5), bad_questions[_i].told);
}
END_TEST

static const char *const bad_folders[] = {
	"../../x", "..",   ".",     "",     "/etc/passwd", "a/../b", "a//b",
	"a/",      "a\nb", "a\x7f", "\xff", "\xc2\x9b",    "a/./b",
};

static void files_badly(int socket, const JudgeJob *job)
{
	(void)job;
	send_folder(socket, bad_folders[variant]);
	sleep_for_ever();
}

START_TEST(a_folder_that_leads_out_of_the_mail_is_refused)
{
	variant = _i;
	assert_kept(ask_within(files_badly, &(Folders){ 0 }, 5), "a folder name that is not allowed");
}
END_TEST

static const char *const bad_addresses[] = {
	"a@b.example\nBcc: c@d.example",
	"-oQ/tmp",
	"a@b.example, c@d.example",
	"",
	"a b@c",
	"a@b.example\r",
	"A <a@b.example>",
	"a",
};

static void redirects_badly(int socket, const JudgeJob *job)
{
	Plan *plan = plan_new(arena_new());

	(void)job;
	plan_add(plan, ACTION_REDIRECT)->address = bad_addresses[variant];
	send_plan(socket, plan);
}

static void redirects_to_many(int socket, const JudgeJob *job)
{
	static const char *const addresses[] = { "a@b.example", "c@b.example", "d@b.example" };
	Plan *plan = plan_new(arena_new());

	(void)job;
	for (int i = 0; i < variant; i++)
		plan_add(plan, ACTION_REDIRECT)->address = addresses[i];
	frame_send_compiled(socket, 1u << ACTION_REDIRECT);
	send_plan(socket, plan);
}

START_TEST(more_redirects_than_the_site_allows_are_refused)
{
	const Plan *plan;

	variant = 2;
	plan = ask(redirects_to_many);
	ck_assert_msg(plan->outcome == PLAN_DECIDED, "%s", plan->error);
	variant = 3;
	assert_kept(ask(redirects_to_many), "3 redirects, redirect_max allows 2");
}
END_TEST

START_TEST(an_address_that_is_more_than_one_address_is_refused)
{
	variant = _i;
	assert_kept(ask(redirects_badly), "an address that is not allowed");
}
END_TEST

static PlanFlags many_flags(const char *name, size_t count)
{
	PlanFlags flags = { .set = true, .count = count };

	flags.names = memory_zeroed(count, sizeof *flags.names);
	for (size_t i = 0; i < count; i++)
		flags.names[i] = name;
	return flags;
}

static void plans_badly(int socket, const JudgeJob *job)
{
	Plan *plan = plan_new(arena_new());
	AUTO_VALUE(Text) bytes = { 0 };

	(void)job;
	switch (variant) {
	case 0:
		for (int i = 0; i < LIMIT_ACTIONS + 1; i++)
			plan_add(plan, ACTION_DISCARD);
		break;
	case 1:
		plan_add(plan, ACTION_KEEP)->flags = many_flags("x", LIMIT_FLAGS + 1);
		break;
	case 2:
		plan_add(plan, ACTION_KEEP)->flags = many_flags("a b", 1);
		break;
	case 3:
		plan->implicit_flags = many_flags("\\Recent", 1);
		break;
	case 4: /* it would lose the message */
		plan->implicit_keep = false;
		break;
	case 5:
		plan_add(plan, ACTION_DISCARD);
		plan->outcome = PLAN_RUN_ERROR;
		break;
	case 6:
		plan->outcome = PLAN_NO_COMPILE;
		plan->implicit_keep = false;
		break;
	case 7:
		for (int i = 0; i < LIMIT_REDIRECTS + 1; i++)
			plan_add(plan, ACTION_REDIRECT)->address = "a@b.example";
		break;
	case 8:
		plan_encode(plan, &bytes);
		frame_send(socket, FRAME_PLAN, slice(bytes.data, bytes.length - 1));
		return;
	case 9:
		frame_send(socket, FRAME_PLAN, SLICE(""));
		return;
	case 10: /* it says that a million actions follow */
		plan_encode(plan, &bytes);
		text_truncate(&bytes, bytes.length - 4);
		text_append(&bytes, "\x40\x42\x0f\0", 4);
		frame_send(socket, FRAME_PLAN, text_slice(&bytes));
		return;
	}
	send_plan(socket, plan);
}

START_TEST(a_plan_beyond_what_plans_may_hold_is_refused)
{
	variant = _i;
	assert_kept(ask(plans_badly), "gave no plan that may be carried out: ");
}
END_TEST

/* --- judges that want more than their rules --- */

static const struct {
	unsigned plans; /* of the rules */
	ActionKind kind;
	bool edits;
	const char *told; /* NULL: it may be carried out */
} wishes[] = {
	{ 1u << ACTION_KEEP | 1u << ACTION_REDIRECT, ACTION_REDIRECT, false, NULL },
	{ 1u << ACTION_KEEP, ACTION_REDIRECT, false, "the rules have no 'redirect'" },
	{ 1u << ACTION_KEEP, ACTION_DISCARD, false, "the rules have no 'discard'" },
	{ 0, ACTION_KEEP, false, "the rules have no 'keep'" },
	{ 1u << ACTION_KEEP | SIEVE_PLANS_EDITS, ACTION_KEEP, true, NULL },
	{ ~0U & ~(unsigned)SIEVE_PLANS_EDITS, ACTION_KEEP, true, "the rules do not change the message" },
};

static void wants_what_the_rules_do_not(int socket, const JudgeJob *job)
{
	MessagePiece piece = { .bytes = "Subject: another\n\n", .length = 18 };
	const MessagePieces pieces = { .items = &piece, .count = 1 };
	Plan *plan = plan_new(arena_new());
	Action *action = plan_add(plan, wishes[variant].kind);

	(void)job;
	action->address = wishes[variant].kind == ACTION_REDIRECT ? "a@b.example" : NULL;
	if (wishes[variant].edits)
		action->image = plan_add_image(plan, &pieces);
	if (wishes[variant].plans)
		frame_send_compiled(socket, wishes[variant].plans);
	send_plan(socket, plan);
}

START_TEST(nothing_is_done_that_the_rules_never_do)
{
	const Plan *plan;

	variant = _i;
	plan = ask(wants_what_the_rules_do_not);
	if (wishes[_i].told)
		assert_kept(plan, wishes[_i].told);
	else
		ck_assert_msg(plan->outcome == PLAN_DECIDED, "%s", plan->error);
}
END_TEST

static void asks_for_a_program(int socket, const JudgeJob *job)
{
	const Question question = { ASK_PROGRAM, { SLICE("execute"), SLICE("x"), SLICE("-") }, 3 };
	AUTO_VALUE(Text) bytes = { 0 };

	(void)job;
	frame_send_compiled(socket, ~0U & ~(unsigned)SIEVE_PLANS_PROGRAMS);
	question_encode(&question, &bytes);
	frame_send(socket, FRAME_ASK, text_slice(&bytes));
	sleep_for_ever();
}

START_TEST(no_program_is_run_that_the_rules_do_not_name)
{
	Folders folders = { 0 };

	assert_kept(ask_within(asks_for_a_program, &folders, 5),
		    "asks for a program that the rules do not name");
	ck_assert_uint_eq(folders.asked, 0);
}
END_TEST

static void gives_up_rudely(int socket, const JudgeJob *job)
{
	(void)job;
	frame_send(socket, FRAME_GAVE_UP, SLICE("no\x1b[2J\nway\0x\xff"));
}

START_TEST(last_words_are_made_printable)
{
	assert_kept(ask(gives_up_rudely), "gave up: no?[2J?way?x?");
}
END_TEST

static void asks_without_end(int socket, const JudgeJob *job)
{
	AUTO_VALUE(Text) answer = { 0 };

	(void)job;
	for (;;)
		if (!ask_folder(socket, "Lists") || !frame_read_answer(socket, &answer))
			_exit(0);
}

START_TEST(questions_have_an_end)
{
	assert_kept(ask(asks_without_end), "asks without end");
}
END_TEST

static void asks_without_listening(int socket, const JudgeJob *job)
{
	(void)job;
	while (ask_folder(socket, "Lists"))
		continue;
}

START_TEST(a_judge_that_does_not_listen_holds_nobody_up)
{
	assert_kept(ask_within(asks_without_listening, &(Folders){ 0 }, 5), "asks, and does not listen");
}
END_TEST

/* --- judges that want to try again --- */

static void wants_to_try_again(int socket, const JudgeJob *job)
{
	AUTO_VALUE(Text) answer = { 0 };
	Plan *plan = plan_new(arena_new());

	(void)job;
	if (variant > 0)
		frame_send_compiled(socket, ~0U);
	if (variant > 1) {
		ask_folder(socket, "Lists");
		if (!frame_read_answer(socket, &answer))
			_exit(0);
	}
	plan_fail(plan, PLAN_RETRY, "the judge's own words");
	send_plan(socket, plan);
}

START_TEST(an_include_that_cannot_be_read_defers_the_message)
{
	const Plan *plan = ask(wants_to_try_again);

	ck_assert_int_eq(plan->outcome, PLAN_RETRY);
	ck_assert_str_eq(plan->error, "the judge's own words");
}
END_TEST

START_TEST(no_message_makes_itself_circle_in_the_queue)
{
	variant = 1;
	assert_kept(ask(wants_to_try_again), "wants to see the message again later");
	variant = 2;
	assert_kept(ask(wants_to_try_again), "wants to see the message again later");
}
END_TEST

START_TEST(a_world_that_cannot_answer_defers_the_message)
{
	Folders folders = { .broken = true };
	const Plan *plan;

	variant = 2;
	plan = ask_within(wants_to_try_again, &folders, 6);
	ck_assert_int_eq(plan->outcome, PLAN_RETRY);
	ck_assert_str_eq(plan->error, "the disk is away");
}
END_TEST

/* --- together --- */

static void prints(int socket, const JudgeJob *job)
{
	(void)!write(STDOUT_FILENO, "x", 1);
	(void)!write(STDERR_FILENO, "x", 1);
	files_into_lists(socket, job);
}

START_TEST(nothing_a_judge_prints_reaches_the_mta)
{
	int both[2], saved[2] = { dup(1), dup(2) };
	char byte;

	ck_assert_int_eq(pipe2(both, O_NONBLOCK), 0);
	dup2(both[1], 1);
	dup2(both[1], 2);
	ask(prints);
	dup2(saved[0], 1);
	dup2(saved[1], 2);
	/* but what a sanitizer would have to say */
	ck_assert_int_eq(read(both[0], &byte, 1), IS_SANITIZED ? 1 : -1);
	ck_assert(IS_SANITIZED || errno == EAGAIN);
}
END_TEST

static void sleeps(int socket, const JudgeJob *job)
{
	(void)socket;
	(void)job;
	sleep_for_ever();
}

/* A courier that is killed cannot take its judge along; the kernel does. */
START_TEST(a_judge_does_not_outlive_its_courier)
{
	pid_t courier, judge = -1;
	int status;

	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	courier = fork();
	if (courier == 0) {
		ask(sleeps);
		_exit(0);
	}
	usleep(500 * 1000);
	kill(courier, SIGKILL);
	ck_assert_int_eq(waitpid(courier, &status, 0), courier);
	for (int i = 0; i < 100 && judge <= 0; i++) {
		judge = waitpid(-1, &status, WNOHANG);
		usleep(10 * 1000);
	}
	ck_assert_int_gt(judge, 0);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

int main(void)
{
	Suite *suite = suite_create("judge");
	TCase *tests = tcase_create("judge");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_good_judge_is_believed);
	tcase_add_test(tests, the_world_is_asked_for_names_that_can_be_folders);
	tcase_add_test(tests, a_judge_holds_its_socket_alone);
	tcase_add_test(tests, a_judge_cannot_write_into_the_message);
	tcase_add_test(tests, what_follows_the_plan_is_not_listened_to);
	tcase_add_loop_test(tests, a_judge_that_does_not_end_well_costs_no_message, 0, COUNT(ends));
	tcase_add_loop_test(tests, what_a_sanitizer_finds_in_a_judge_ends_its_courier, 0, COUNT(found));
	tcase_add_loop_test(tests, a_judge_that_eats_memory_gives_up, 0, 2);
	tcase_add_loop_test(tests, nonsense_ends_the_hearing_at_once, 0, COUNT(nonsense));
	tcase_add_loop_test(tests, a_question_that_is_none_is_not_answered, 0, COUNT(bad_questions));
	tcase_add_loop_test(tests, a_folder_that_leads_out_of_the_mail_is_refused, 0, COUNT(bad_folders));
	tcase_add_test(tests, more_redirects_than_the_site_allows_are_refused);
	tcase_add_loop_test(tests, an_address_that_is_more_than_one_address_is_refused, 0,
			    COUNT(bad_addresses));
	tcase_add_loop_test(tests, a_plan_beyond_what_plans_may_hold_is_refused, 0, 11);
	tcase_add_loop_test(tests, nothing_is_done_that_the_rules_never_do, 0,
			    sizeof wishes / sizeof wishes[0]);
	tcase_add_test(tests, no_program_is_run_that_the_rules_do_not_name);
	tcase_add_test(tests, last_words_are_made_printable);
	tcase_add_test(tests, questions_have_an_end);
	tcase_add_test(tests, a_judge_that_does_not_listen_holds_nobody_up);
	tcase_add_test(tests, an_include_that_cannot_be_read_defers_the_message);
	tcase_add_test(tests, no_message_makes_itself_circle_in_the_queue);
	tcase_add_test(tests, a_world_that_cannot_answer_defers_the_message);
	tcase_add_test(tests, nothing_a_judge_prints_reaches_the_mta);
	tcase_add_test(tests, a_judge_does_not_outlive_its_courier);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
