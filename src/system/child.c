#include "system/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/io.h"
#include "base/printable.h"
#include "system/crash_guard.h"
#include "system/privileges.h"
#include "system/undo.h"

enum {
	OUTPUT_BYTES_MAX = 500, /* with "..." it fits into the result */
	/* How often a kernel without pidfd_open (before 5.3) is asked whether the child has ended. */
	STEP_MS = 20
};

/* The two ends of a pipe. */
typedef struct Pipe {
	int read, write;
} Pipe;

typedef struct Running {
	pid_t child, feeder;
	Undo undo;
	Pipe input, output;
	Pipe wanted;  /* its stdout, when somebody wants it */
	Pipe started; /* closed by exec; else carries its errno */
	Pipe fed;     /* carries the feeder's Failure */
	int ended;    /* readable when the child has ended; -1 where the kernel has no such thing */
	int64_t deadline_ms;
	bool too_long;
	int deaf_error; /* of a read of what somebody wants: the rest of it is not known */
	size_t heard;
	char heard_bytes[OUTPUT_BYTES_MAX + 1]; /* one more, to know that it was cut */
} Running;

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static bool open_pipe(Pipe *ends, Failure *why)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return failure_errno(why, "make a pipe");
	*ends = (Pipe){ fds[0], fds[1] };
	return true;
}

static void close_pipe(Pipe *ends)
{
	close_end(&ends->read);
	close_end(&ends->write);
}

/* -- In the child -------------------------------------------------------------------------------------- */

static void all_signals_to_default(void)
{
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
}

/* Above 2 first: an end may be where the other is to go. */
static bool use_as_standard(int input, int output, int errors)
{
	input = fcntl(input, F_DUPFD_CLOEXEC, 3);
	output = fcntl(output, F_DUPFD_CLOEXEC, 3);
	errors = fcntl(errors, F_DUPFD_CLOEXEC, 3);
	return input >= 0 && output >= 0 && errors >= 0 && dup2(input, 0) == 0 && dup2(output, 1) == 1 &&
	       dup2(errors, 2) == 2;
}

_Noreturn static void become_program(const ChildSpec *spec, Running *run)
{
	int error;

	setpgid(0, 0);
	all_signals_to_default();
	if (run->input.read < 0)
		run->input.read = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (privileges_drop_spool_group() &&
	    use_as_standard(run->input.read, spec->output ? run->wanted.write : run->output.write,
			    run->output.write)) {
		/* All of ours are close-on-exec; a library's may not be. */
		close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
		execve(spec->argv[0], (char *const *)(uintptr_t)spec->argv,
		       (char *const *)(uintptr_t)spec->environment);
	}
	error = errno;
	(void)!write(run->started.write, &error, sizeof error);
	_exit(127);
}

/* -- In the feeder ------------------------------------------------------------------------------------- */

_Noreturn static void feed_and_leave(const ChildSpec *spec, Running *run)
{
	Failure why = { 0 };

	setpgid(0, run->child); /* so that one kill ends both */
	signal(SIGPIPE, SIG_IGN);
	close_pipe(&run->output);
	close_pipe(&run->wanted);
	close_end(&run->input.read);
	close_end(&run->fed.read);
	spec->feed(spec->self, run->input.write, &why);
	(void)!write(run->fed.write, &why, sizeof why); /* smaller than PIPE_BUF: at once */
	_exit(0);
}

/* -- Starting ------------------------------------------------------------------------------------------ */

static bool open_pipes(const ChildSpec *spec, Running *run, Failure *why)
{
	return open_pipe(&run->output, why) && open_pipe(&run->started, why) &&
	       (!spec->output || open_pipe(&run->wanted, why)) &&
	       (!spec->feed || (open_pipe(&run->input, why) && open_pipe(&run->fed, why)));
}

/* Waits until exec was called: the pipe ends then, or says why not. */
static bool has_started(const ChildSpec *spec, Running *run, Failure *why)
{
	int error = 0;
	ssize_t got;

	close_end(&run->started.write);
	got = io_read(run->started.read, &error, sizeof error);
	if (got < 0)
		return failure_errno(why, "hear whether '%s' has started", spec->argv[0]);
	if (got != (ssize_t)sizeof error)
		return true;
	errno = error;
	return failure_errno(why, "run '%s'", spec->argv[0]);
}

static bool start_child(const ChildSpec *spec, Running *run, Failure *why)
{
	undo_hold_signals();
	run->child = crash_guard_fork();
	if (run->child == 0)
		become_program(spec, run);
	if (run->child > 0) {
		setpgid(run->child, run->child); /* here too: whichever comes first */
		run->undo = undo_add_kill(run->child);
	}
	undo_release_signals();
	if (run->child < 0)
		return failure_errno(why, "make a process for '%s'", spec->argv[0]);
	return has_started(spec, run, why);
}

static bool start_feeder(const ChildSpec *spec, Running *run, Failure *why)
{
	run->feeder = crash_guard_fork();
	if (run->feeder == 0)
		feed_and_leave(spec, run);
	if (run->feeder < 0)
		return failure_errno(why, "make a process that feeds '%s'", spec->argv[0]);
	close_end(&run->fed.write); /* the other end of its input stays open, to see what is left in it */
	return true;
}

static bool start(const ChildSpec *spec, Running *run, Failure *why)
{
	if (spec->argv[0][0] != '/')
		return failure_retry(why, "'%s' is not an absolute path", spec->argv[0]);
	if (!open_pipes(spec, run, why) || !start_child(spec, run, why))
		return false;
	close_end(&run->output.write);
	close_end(&run->wanted.write);
	fcntl(run->output.read, F_SETFL, O_NONBLOCK);
	if (spec->output)
		fcntl(run->wanted.read, F_SETFL, O_NONBLOCK);
	run->ended = pidfd_open(run->child, 0);
	return !spec->feed || start_feeder(spec, run, why);
}

/* -- Watching ------------------------------------------------------------------------------------------ */

/* Reads what there is, keeps its beginning.  At its end the pipe is closed. */
static void hear(Running *run)
{
	char bytes[4096];
	ssize_t got;

	if (run->output.read < 0)
		return;
	got = read(run->output.read, bytes, sizeof bytes);
	if (got > 0) {
		size_t room = sizeof run->heard_bytes - run->heard;
		size_t kept = (size_t)got < room ? (size_t)got : room;

		memcpy(run->heard_bytes + run->heard, bytes, kept);
		run->heard += kept;
	} else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
		close_end(&run->output.read);
	}
}

/* What was not heard cannot be had again: the beginning of it is never taken for the whole. */
static void go_deaf(Running *run)
{
	run->deaf_error = errno;
	close_end(&run->wanted.read);
}

/* Reads what there is of what somebody wants. */
static void hear_wanted(const ChildSpec *spec, Running *run)
{
	char bytes[16 * 1024];
	ssize_t got;

	if (run->wanted.read < 0)
		return;
	got = read(run->wanted.read, bytes, sizeof bytes);
	if (got > 0) {
		run->too_long |= (size_t)got > spec->output_max - spec->output->length;
		if (!run->too_long)
			text_append(spec->output, bytes, (size_t)got);
	} else if (got == 0) {
		close_end(&run->wanted.read);
	} else if (errno != EAGAIN && errno != EINTR) {
		go_deaf(run);
	}
}

/* What the feeder says.  Only now may the program see the end of its input. */
static bool take_word(const ChildSpec *spec, Running *run, Failure *why)
{
	Failure word;

	if (io_read(run->fed.read, &word, sizeof word) != (ssize_t)sizeof word)
		return failure_retry(why, "the process that feeds '%s' died", spec->argv[0]);
	close_end(&run->fed.read);
	if (word.kind != FAILURE_NONE) {
		*why = word;
		return failure_add(why, "while feeding '%s'", spec->argv[0]);
	}
	close_end(&run->input.write);
	return true;
}

/* Ended, but not yet reaped: its number stays its own until it is off the list. */
static bool has_ended(const Running *run)
{
	siginfo_t info = { .si_pid = 0 };

	return waitid(P_PID, (id_t)run->child, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid != 0;
}

static int time_left_ms(const Running *run)
{
	int64_t left = run->deadline_ms - now_ms();
	int step = left < 0 ? 0 : left < INT32_MAX ? (int)left : INT32_MAX;

	return run->ended < 0 && step > STEP_MS ? STEP_MS : step;
}

/* Until the child has ended or its time is up.  False when it could not be fed. */
static bool watch(const ChildSpec *spec, Running *run, Failure *why)
{
	while (!has_ended(run) && !run->too_long && !run->deaf_error) {
		struct pollfd events[] = {
			{ .fd = run->output.read, .events = POLLIN },
			{ .fd = run->fed.read, .events = POLLIN },
			{ .fd = run->ended, .events = POLLIN },
			{ .fd = run->wanted.read, .events = POLLIN },
		};

		if (now_ms() >= run->deadline_ms)
			return true;
		if (poll(events, 4, time_left_ms(run)) < 0 && errno != EINTR)
			return failure_errno(why, "wait for '%s'", spec->argv[0]);
		if (events[0].revents)
			hear(run);
		if (events[3].revents)
			hear_wanted(spec, run);
		if (events[1].revents && !take_word(spec, run, why))
			return false;
	}
	return true;
}

/* -- Ending -------------------------------------------------------------------------------------------- */

/* All that was in the pipe when it ended: what others write who hold the other end too is not its own. */
static void hear_the_wanted_rest(const ChildSpec *spec, Running *run)
{
	int there = 0;

	if (run->wanted.read < 0)
		return;
	if (ioctl(run->wanted.read, FIONREAD, &there) < 0) {
		go_deaf(run);
		return;
	}
	for (size_t end = spec->output->length + (size_t)there;
	     run->wanted.read >= 0 && !run->too_long && spec->output->length < end;)
		hear_wanted(spec, run);
}

/* Its last words are in the pipe; who still holds the other end is none of ours.  The bound is for one who
 * goes on writing. */
static void hear_the_rest(Running *run)
{
	for (int i = 0; i < 64 && run->output.read >= 0; i++) {
		struct pollfd more = { .fd = run->output.read, .events = POLLIN };

		if (poll(&more, 1, 0) <= 0)
			return;
		hear(run);
	}
}

/* False when nobody can say how it ended. */
static bool reap(pid_t process, int *raw)
{
	pid_t reaped;

	while ((reaped = waitpid(process, raw, 0)) < 0 && errno == EINTR)
		;
	return reaped == process;
}

/* Whether there is input that the child, which has ended, did not take. */
static bool has_left_input(const ChildSpec *spec, const Running *run)
{
	int left = 0;

	return spec->feed && (run->fed.read >= 0 || ioctl(run->input.read, FIONREAD, &left) < 0 || left > 0);
}

/* Ends what still runs; the kill before the pipes are closed, so that no end of file is seen. */
static void finish(const ChildSpec *spec, Running *run, ChildResult *result)
{
	int raw = 0, ignored;
	bool known, runs = !has_ended(run);

	if (runs)
		kill(-run->child, SIGKILL);
	else if (spec->output)
		hear_the_wanted_rest(spec, run);
	result->too_long = run->too_long;
	result->timed_out = runs && !run->too_long;
	result->left_input = has_left_input(spec, run);
	if (run->feeder > 0) {
		kill(run->feeder, SIGKILL);
		reap(run->feeder, &ignored);
	}
	hear_the_rest(run);
	undo_hold_signals();
	known = reap(run->child, &raw);
	undo_strike(&run->undo);
	undo_release_signals();
	result->status = known && WIFEXITED(raw) ? WEXITSTATUS(raw) : -1;
	result->signal = known && WIFSIGNALED(raw) ? WTERMSIG(raw) : 0;
}

/* Line ends become blanks, so that the lines stay words. */
static void write_output(Running *run, ChildResult *result)
{
	AUTO_VALUE(Text) line = { 0 };

	while (run->heard && ascii_is_space(run->heard_bytes[run->heard - 1]))
		run->heard--;
	for (size_t i = 0; i < run->heard; i++)
		if (ascii_is_space(run->heard_bytes[i]))
			run->heard_bytes[i] = ' ';
	printable_append(&line, slice(run->heard_bytes, run->heard), OUTPUT_BYTES_MAX);
	memcpy(result->output, text_string(&line), line.length + 1);
}

bool child_run(const ChildSpec *spec, ChildResult *result, Failure *why)
{
	Running run = { .input = { -1, -1 },
			.output = { -1, -1 },
			.wanted = { -1, -1 },
			.started = { -1, -1 },
			.fed = { -1, -1 },
			.ended = -1,
			.deadline_ms = now_ms() + (int64_t)spec->timeout_s * 1000 };
	ChildResult end = { .status = -1 };
	bool done = start(spec, &run, why) && watch(spec, &run, why);

	if (run.child > 0) {
		finish(spec, &run, &end);
		write_output(&run, &end);
	}
	if (done && run.deaf_error) {
		errno = run.deaf_error;
		done = failure_errno(why, "read what '%s' wrote", spec->argv[0]);
	}
	close_pipe(&run.input);
	close_pipe(&run.output);
	close_pipe(&run.wanted);
	close_pipe(&run.started);
	close_pipe(&run.fed);
	close_end(&run.ended);
	if (done)
		*result = end;
	return done;
}
