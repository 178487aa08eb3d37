/* However a guarded process ends, it leaves with 75, one line, and nothing behind. */
#include "system/crash_guard.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>

#include "base/memory.h"
#include "base/panic.h"
#include "base/sanitized.h"
#include "forked.h"
#include "system/undo.h"

static void leave_a_draft(void)
{
	write_scratch("draft", "x", 0600);
	undo_add_unlink(AT_FDCWD, in_scratch("draft"), (gid_t)-1);
}

static void leave_a_mark(void)
{
	write_scratch("mark", "x", 0600);
}

static void guarded(void)
{
	struct rlimit no_core = { 0, 0 };

	setrlimit(RLIMIT_CORE, &no_core);
	crash_guard_install();
	crash_guard_on_fault(leave_a_mark);
	leave_a_draft();
}

/* The whole promise: 75, one line that starts with a code, everything undone. */
static void ck_retry(const Outcome *end, const char *word)
{
	ck_assert_msg(end->status == 75, "status %d, signal %d, said '%s'", end->status, end->signal,
		      end->said);
	ck_assert_msg(strncmp(end->said, "4.3.0 ", 6) == 0, "said '%s'", end->said);
	ck_assert_ptr_eq(strchr(end->said, '\n'), end->said + strlen(end->said) - 1);
	ck_assert_msg(strstr(end->said, word) != NULL, "said '%s'", end->said);
	ck_assert(!exists("draft"));
}

static const struct {
	int signal;
	const char *word;
} deadly[] = {
	{ SIGSEGV, "SIGSEGV" },  { SIGBUS, "SIGBUS" },   { SIGILL, "SIGILL" },   { SIGFPE, "SIGFPE" },
	{ SIGABRT, "SIGABRT" },  { SIGTRAP, "SIGTRAP" }, { SIGSYS, "SIGSYS" },   { SIGTERM, "SIGTERM" },
	{ SIGHUP, "SIGHUP" },    { SIGINT, "SIGINT" },   { SIGQUIT, "SIGQUIT" }, { SIGXCPU, "SIGXCPU" },
	{ SIGALRM, "deadline" },
};

static void be_sent(void *signal)
{
	sigset_t all;

	/* An MTA may have blocked or ignored anything. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	if (*(int *)signal != SIGSEGV)
		sigaction(*(int *)signal, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
	guarded();
	kill(getpid(), *(int *)signal);
	_exit(0);
}

START_TEST(every_deadly_signal_undoes_and_asks_for_a_retry)
{
	int signal = deadly[_i].signal;
	Outcome end = forked(be_sent, &signal);

	ck_retry(&end, deadly[_i].word);
}
END_TEST

START_TEST(any_other_signal_cannot_end_a_delivery)
{
	for (int signal = 1; signal <= SIGRTMAX; signal++) {
		bool is_deadly = signal == SIGKILL || signal == SIGSTOP || signal == SIGTSTP;

		for (size_t i = 0; i < sizeof deadly / sizeof deadly[0]; i++)
			is_deadly |= deadly[i].signal == signal;
		if (is_deadly || (signal >= 32 && signal < SIGRTMIN))
			continue;
		Outcome end = forked(be_sent, &signal);
		ck_assert_msg(end.status == 0, "signal %d: status %d, signal %d", signal, end.status,
			      end.signal);
		ck_assert(exists("draft"));
	}
}
END_TEST

/* Not through NULL, which the sanitizers would see coming. */
static void crash(void)
{
	volatile char *forbidden = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*forbidden = 1;
}

static volatile int depth;

__attribute__((noinline)) static int overflow(int level)
{
	volatile char frame[4096];

	frame[0] = (char)level;
	depth = level;
	return level < INT_MAX ? overflow(level + 1) + frame[0] : 0;
}

static void overflow_the_stack(void *with)
{
	struct rlimit small = { 1024 * 1024, 1024 * 1024 };

	(void)with;
	setrlimit(RLIMIT_STACK, &small);
	guarded();
	overflow(0);
}

static void write_where_nothing_is(void *with)
{
	(void)with;
	guarded();
	crash();
}

static void read_a_file_that_was_cut(void *with)
{
	int fd;

	(void)with;
	write_scratch("mapped", "x", 0600);
	fd = open(in_scratch("mapped"), O_RDWR);
	guarded(); /* closes fd */
	fd = open(in_scratch("mapped"), O_RDWR);
	volatile char *at = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	(void)!ftruncate(fd, 0);
	(void)at[0];
}

static void abort_as_glibc_does(void *with)
{
	(void)with;
	guarded();
	abort();
}

static void trap(void *with)
{
	(void)with;
	guarded();
	__builtin_trap();
}

static void panic_with_a_reason(void *with)
{
	(void)with;
	guarded();
	panic("no memory for SIG of %d bytes", 7);
}

static void miss_the_deadline(void *with)
{
	(void)with;
	guarded();
	crash_guard_deadline(1);
	for (;;)
		pause();
}

static void have_a_sooner_alarm(void *with)
{
	(void)with;
	alarm(1);
	guarded();
	crash_guard_deadline(100);
	for (;;)
		pause();
}

static void use_up_the_cpu(void *with)
{
	(void)with;
	struct rlimit second = { 1, 10 };

	setrlimit(RLIMIT_CPU, &second);
	guarded();
	for (volatile unsigned i = 0;; i++)
		;
}

static void come_to_no_end(void *with)
{
	(void)with;
	guarded();
	for (volatile unsigned i = 0; clock() < CLOCKS_PER_SEC / 3; i++)
		;
	crash_guard_deadline(1);
	for (;;)
		;
}

static void run_out_of_memory(void *with)
{
	volatile size_t more_than_there_can_be = SIZE_MAX / 4;

	(void)with;
	guarded();
	memory_new(more_than_there_can_be);
}

static void panic_by_a_bug(void *with)
{
	(void)with;
	guarded();
	panic("bug in trommel: SIG of %d bytes", 7);
}

static const struct {
	void (*story)(void *);
	const char *word;
	bool is_ours; /* and no accident of the system's */
} accidents[] = {
	{ overflow_the_stack, "SIGSEGV", true },
	{ write_where_nothing_is, "SIGSEGV", true },
	{ read_a_file_that_was_cut, "SIGBUS", false },
	{ abort_as_glibc_does, "SIGABRT", true },
	{ trap, "SIG", true },
	{ panic_with_a_reason, "SIG of 7", false },
	{ panic_by_a_bug, "SIG of 7", true },
	{ run_out_of_memory, "out of memory", false },
	{ miss_the_deadline, "deadline", false },
	{ have_a_sooner_alarm, "deadline", false },
	{ come_to_no_end, "deadline", true },
	{ use_up_the_cpu, "SIGXCPU", true },
};

START_TEST(every_accident_undoes_and_asks_for_a_retry)
{
	Outcome end;

	if (IS_SANITIZED && accidents[_i].story == run_out_of_memory)
		return; /* which ends the process before malloc(3) could say so */
	end = forked(accidents[_i].story, NULL);
	ck_retry(&end, accidents[_i].word);
	ck_assert_int_eq(exists("mark"), accidents[_i].is_ours);
}
END_TEST

static void be_sent_while_holding(void *signal)
{
	guarded();
	undo_hold_signals();
	kill(getpid(), *(int *)signal);
	if (!exists("draft"))
		_exit(1);
	undo_release_signals();
	_exit(2);
}

START_TEST(a_signal_during_a_hold_acts_at_its_end)
{
	int signal = SIGTERM;
	Outcome end = forked(be_sent_while_holding, &signal);

	ck_retry(&end, "SIGTERM");
}
END_TEST

static void leave_while_holding(void *with)
{
	(void)with;
	guarded();
	undo_hold_signals();
	kill(getpid(), SIGTERM);
	_exit(0);
}

START_TEST(who_leaves_during_a_hold_has_not_heard)
{
	ck_assert_int_eq(forked(leave_while_holding, NULL).status, 0);
	ck_assert(exists("draft"));
}
END_TEST

static void crash_while_holding(void *with)
{
	(void)with;
	undo_hold_signals();
	guarded();
	undo_hold_signals();
	crash();
}

START_TEST(a_crash_does_not_wait_for_the_end_of_a_hold)
{
	Outcome end = forked(crash_while_holding, NULL);

	ck_retry(&end, "SIGSEGV");
}
END_TEST

static void hang_while_holding(void *with)
{
	(void)with;
	guarded();
	undo_hold_signals();
	raise(SIGALRM);
	if (alarm(0) == 0)
		_exit(1);
	raise(SIGALRM);
}

START_TEST(a_hold_outlasts_the_deadline_once)
{
	Outcome end = forked(hang_while_holding, NULL);

	ck_retry(&end, "deadline");
}
END_TEST

static void fork_a_child_that_is_stopped(void *with)
{
	int raw;
	pid_t child;

	(void)with;
	guarded();
	child = crash_guard_fork();
	if (child == 0) {
		raise(SIGTERM);
		_exit(3);
	}
	waitpid(child, &raw, 0);
	_exit(WIFSIGNALED(raw) && WTERMSIG(raw) == SIGTERM && exists("draft") ? 0 : 1);
}

START_TEST(a_forked_child_dies_alone_and_undoes_nothing)
{
	Outcome end = forked(fork_a_child_that_is_stopped, NULL);

	ck_assert_int_eq(end.status, 0);
	ck_assert_str_eq(end.said, "");
}
END_TEST

static void fork_a_child_that_crashes(void *with)
{
	int raw;
	pid_t child;

	(void)with;
	guarded();
	child = crash_guard_fork();
	if (child == 0)
		crash();
	waitpid(child, &raw, 0);
	_exit(WIFSIGNALED(raw) && WTERMSIG(raw) == SIGSEGV && exists("draft") ? 0 : 1);
}

START_TEST(a_forked_child_that_crashes_shows_its_signal)
{
	ck_assert_int_eq(forked(fork_a_child_that_crashes, NULL).status, 0);
}
END_TEST

static void fork_a_child_that_is_left(void *with)
{
	int raw, pipes[2];
	pid_t child;

	(void)with;
	guarded();
	child = crash_guard_fork();
	if (child == 0) {
		if (pipe(pipes) == 0)
			close(pipes[0]);
		(void)!write(pipes[1], "x", 1);
		_exit(3);
	}
	waitpid(child, &raw, 0);
	_exit(WIFSIGNALED(raw) && WTERMSIG(raw) == SIGPIPE ? 0 : 1);
}

START_TEST(a_forked_child_has_no_signal_blocked)
{
	ck_assert_int_eq(forked(fork_a_child_that_is_left, NULL).status, 0);
}
END_TEST

static void write_where_nobody_reads(void *with)
{
	int pipes[2];

	(void)with;
	guarded();
	if (pipe(pipes) < 0 || close(pipes[0]) < 0)
		_exit(1);
	_exit(write(pipes[1], "x", 1) < 0 && errno == EPIPE ? 0 : 2);
}

static void write_beyond_the_file_limit(void *with)
{
	struct rlimit small = { 1, 1 };
	int fd;

	(void)with;
	guarded();
	fd = open(in_scratch("mbox"), O_WRONLY | O_CREAT, 0600);
	setrlimit(RLIMIT_FSIZE, &small);
	if (write(fd, "x", 1) != 1)
		_exit(1);
	_exit(write(fd, "x", 1) < 0 && errno == EFBIG ? 0 : 2);
}

START_TEST(a_write_that_cannot_be_is_an_error_and_not_a_death)
{
	ck_assert_int_eq(forked(write_where_nobody_reads, NULL).status, 0);
	ck_assert_int_eq(forked(write_beyond_the_file_limit, NULL).status, 0);
}
END_TEST

static void start_without_descriptors(void *with)
{
	struct stat at[3];
	char byte;

	(void)with;
	close(0);
	close(1);
	close(2);
	crash_guard_install();
	for (int i = 0; i < 3; i++)
		if (fstat(i, &at[i]) < 0 || !S_ISCHR(at[i].st_mode))
			_exit(1);
	_exit(read(0, &byte, 1) < 0 && write(1, "x", 1) == 1 && write(2, "x", 1) == 1 ? 0 : 2);
}

START_TEST(missing_descriptors_are_opened_and_a_missing_message_is_no_empty_one)
{
	ck_assert_int_eq(forked(start_without_descriptors, NULL).status, 0);
}
END_TEST

static void start_with_descriptors(void *with)
{
	(void)with;
	int high = fcntl(0, F_DUPFD, 200), low = dup(0);

	crash_guard_install();
	_exit(fcntl(high, F_GETFD) < 0 && fcntl(low, F_GETFD) < 0 && fcntl(2, F_GETFD) >= 0 ? 0 : 1);
}

START_TEST(inherited_descriptors_are_closed)
{
	ck_assert_int_eq(forked(start_with_descriptors, NULL).status, 0);
}
END_TEST

static void start_with_an_open_umask(void *with)
{
	(void)with;
	umask(0);
	crash_guard_install();
	_exit(umask(0) == 077 ? 0 : 1);
}

START_TEST(files_are_private)
{
	ck_assert_int_eq(forked(start_with_an_open_umask, NULL).status, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("crash_guard");
	TCase *ends = tcase_create("ends");

	tcase_set_timeout(ends, 60);
	tcase_add_checked_fixture(ends, scratch_make, scratch_remove);
	tcase_add_loop_test(ends, every_deadly_signal_undoes_and_asks_for_a_retry, 0,
			    sizeof deadly / sizeof deadly[0]);
	tcase_add_test(ends, any_other_signal_cannot_end_a_delivery);
	tcase_add_loop_test(ends, every_accident_undoes_and_asks_for_a_retry, 0,
			    sizeof accidents / sizeof accidents[0]);
	tcase_add_test(ends, a_signal_during_a_hold_acts_at_its_end);
	tcase_add_test(ends, who_leaves_during_a_hold_has_not_heard);
	tcase_add_test(ends, a_crash_does_not_wait_for_the_end_of_a_hold);
	tcase_add_test(ends, a_hold_outlasts_the_deadline_once);
	tcase_add_test(ends, a_forked_child_dies_alone_and_undoes_nothing);
	tcase_add_test(ends, a_forked_child_that_crashes_shows_its_signal);
	tcase_add_test(ends, a_forked_child_has_no_signal_blocked);
	tcase_add_test(ends, a_write_that_cannot_be_is_an_error_and_not_a_death);
	tcase_add_test(ends, missing_descriptors_are_opened_and_a_missing_message_is_no_empty_one);
	tcase_add_test(ends, inherited_descriptors_are_closed);
	tcase_add_test(ends, files_are_private);
	suite_add_tcase(suite, ends);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
