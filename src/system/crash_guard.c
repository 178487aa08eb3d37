#include "system/crash_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/single_threaded.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/panic.h"
#include "system/standard.h"
#include "system/undo.h"

/* What ends us, and how to say it.  What is neither here nor uncatchable is blocked. */
static const struct {
	int signal;
	bool is_fault; /* our own doing: cannot wait until a hold is released */
	const char *line;
} deadly[] = {
	{ SIGSEGV, true, "4.3.0 bug in trommel: stopped by SIGSEGV\n" },
	{ SIGBUS, true, "4.3.0 bug in trommel, or a disk that fails: stopped by SIGBUS\n" },
	{ SIGILL, true, "4.3.0 bug in trommel: stopped by SIGILL\n" },
	{ SIGFPE, true, "4.3.0 bug in trommel: stopped by SIGFPE\n" },
	{ SIGABRT, true, "4.3.0 bug in trommel: stopped by SIGABRT\n" },
	{ SIGTRAP, true, "4.3.0 bug in trommel: stopped by SIGTRAP\n" },
	{ SIGSYS, true, "4.3.0 a system call is forbidden here: stopped by SIGSYS\n" },
	{ SIGTERM, false, "4.3.0 stopped by SIGTERM\n" },
	{ SIGHUP, false, "4.3.0 stopped by SIGHUP\n" },
	{ SIGINT, false, "4.3.0 stopped by SIGINT\n" },
	{ SIGQUIT, false, "4.3.0 stopped by SIGQUIT\n" },
	{ SIGALRM, false, "4.3.0 not done before the deadline\n" },
	{ SIGXCPU, false, "4.3.0 the limit on CPU time is used up: stopped by SIGXCPU\n" },
};
enum {
	DEADLY_COUNT = sizeof deadly / sizeof deadly[0],
	/* The kernel's frame takes up to 11 KB (AMX), the undoing below 1 KB; sanitizers want more. */
	GUARD_STACK_BYTES = 64 * 1024,
	/* A deadline that meets a hold (a commit) is given this much more, then no hold counts: a hang would
	 * end in a bounce, a delivery that is repeated is only a nuisance. */
	GRACE_S = 20,
	/* Who waits for others until the deadline uses no CPU; who has used this part of it came to no end.
	 */
	BUSY_PART = 4
};

static char guard_stack[GUARD_STACK_BYTES] __attribute__((aligned(16)));
static volatile sig_atomic_t guarding, grace_given;
static void (*last_act)(void);
static int64_t busy_ms;

/* In a forked child the handlers are still there (resetting each would cost a system call that most
 * children never need); they step aside. */
static void die_as_usual(int signal)
{
	struct sigaction usual = { .sa_handler = SIG_DFL };

	sigaction(signal, &usual, NULL);
	raise(signal); /* blocked until the handler returns, then deadly */
}

static bool may_wait(int signal)
{
	if (signal != SIGALRM)
		return undo_signal_waits(signal);
	if (grace_given || !undo_signal_waits(signal))
		return false;
	grace_given = 1;
	alarm(GRACE_S);
	return true;
}

static void leave(int signal)
{
	(void)signal;
	_exit(EX_TEMPFAIL);
}

/* A fault in the last act is a second one, and must not end us by a signal. */
static void act_last(void)
{
	struct sigaction act = { .sa_handler = leave, .sa_flags = SA_ONSTACK | SA_NODEFER };
	sigset_t faults;

	if (!last_act)
		return;
	sigemptyset(&faults);
	for (size_t i = 0; i < DEADLY_COUNT; i++)
		if (deadly[i].is_fault) {
			sigaction(deadly[i].signal, &act, NULL);
			sigaddset(&faults, deadly[i].signal);
		}
	sigprocmask(SIG_UNBLOCK, &faults, NULL);
	last_act();
}

static bool is_busy(void)
{
	struct timespec cpu;

	return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu) == 0 &&
	       (int64_t)cpu.tv_sec * 1000 + cpu.tv_nsec / 1000000 >= busy_ms;
}

/* A fault (but SIGBUS may be the disk), or work without an end. */
static bool is_own_doing(int signal, bool is_fault)
{
	if (signal == SIGALRM)
		return is_busy();
	return signal == SIGXCPU || (is_fault && signal != SIGBUS);
}

static void on_deadly_signal(int signal)
{
	size_t i = 0;

	if (!guarding) {
		die_as_usual(signal);
		return;
	}
	while (deadly[i].signal != signal)
		i++;
	if (!deadly[i].is_fault && may_wait(signal))
		return;
	undo_run();
	/* One write, and if nobody listens or the pipe is full (Postfix's does not block), so be it. */
	(void)!write(STDERR_FILENO, deadly[i].line, strlen(deadly[i].line));
	if (is_own_doing(signal, deadly[i].is_fault))
		act_last();
	_exit(EX_TEMPFAIL);
}

static void on_panic(const char *text)
{
	undo_run(); /* panic writes the text */
	/* that there was no memory is no bug */
	if (strncmp(text, "bug in trommel", strlen("bug in trommel")) == 0)
		act_last();
}

static void handle_signals(void)
{
	stack_t stack = { .ss_sp = guard_stack, .ss_size = sizeof guard_stack };
	struct sigaction act = { .sa_handler = on_deadly_signal, .sa_flags = SA_ONSTACK | SA_RESTART };
	sigset_t blocked;

	sigfillset(&act.sa_mask);
	sigfillset(&blocked);
	sigaltstack(&stack, NULL);
	for (size_t i = 0; i < DEADLY_COUNT; i++) {
		sigaction(deadly[i].signal, &act, NULL);
		sigdelset(&blocked, deadly[i].signal);
	}
	/* What makes a terminal or a parent wait is no danger. */
	sigdelset(&blocked, SIGCHLD);
	sigdelset(&blocked, SIGTSTP);
	sigdelset(&blocked, SIGCONT);
	sigdelset(&blocked, SIGWINCH);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}

static void close_inherited_descriptors(void)
{
	if (close_range(3, ~0U, 0) == 0)
		return;
	/* Linux before 5.9. */
	for (int fd = getdtablesize() < 65536 ? getdtablesize() : 65536; fd > 2; fd--)
		close(fd);
}

void crash_guard_install(void)
{
	undo_forget();
	guarding = 1;
	grace_given = 0;
	panic_set_hook(on_panic);
	handle_signals();
	standard_hold(O_WRONLY);
	close_inherited_descriptors();
	umask(077);
}

void crash_guard_on_fault(void (*last)(void))
{
	last_act = last;
}

void crash_guard_deadline(unsigned seconds)
{
	unsigned sooner = alarm(seconds);

	if (sooner && sooner < seconds)
		alarm(seconds = sooner);
	busy_ms = (int64_t)seconds * 1000 / BUSY_PART;
}

/* What fork(2) does for the locks of other threads is work for a delivery, which has none. */
static pid_t fork_alone(void)
{
	return __libc_single_threaded ? _Fork() : fork();
}

pid_t crash_guard_fork(void)
{
	pid_t child;

	/* Who ignores it (whoever started us may have) has no children to wait for: the kernel throws away
	 * how they ended, and the failure of a program that was run would not be seen. */
	signal(SIGCHLD, SIG_DFL);
	undo_hold_signals();
	child = fork_alone();
	if (child == 0) {
		crash_guard_remove();
		return 0;
	}
	undo_release_signals();
	return child;
}

void crash_guard_remove(void)
{
	sigset_t none;

	guarding = 0;
	last_act = NULL;
	undo_forget();
	panic_set_hook(NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}
