#include "delivery/judge.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/panic.h"
#include "base/sanitized.h"
#include "base/utf8.h"
#include "delivery/judge_internal.h"
#include "system/confine.h"
#include "system/crash_guard.h"

enum {
	/* Where a judge finds its socket: nothing reads standard input by accident, as libraries
	 * write to standard error. */
	JUDGE_SOCKET = 0,
	EXIT_GAVE_UP = 70 /* of a judge that panicked */
};

/* --- in the child --- */

static void on_panic(const char *text)
{
	frame_send(JUDGE_SOCKET, FRAME_GAVE_UP, utf8_cut(slice_of(text), FAILURE_TEXT_MAX));
}

static void close_between(unsigned first, unsigned last)
{
	if (first > last || close_range(first, last, 0) == 0)
		return;
	/* Linux before 5.9; what was inherited has been closed, so ours are few. */
	for (unsigned fd = first; fd <= last && fd < 1024; fd++)
		close((int)fd);
}

int judge_open_for_reading(int fd)
{
	char path[32];
	int opened;

	if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY)
		return dup(fd);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	opened = open(path, O_RDONLY | O_CLOEXEC);
	return opened < 0 && errno == ENOENT ? dup(fd) : opened; /* without /proc */
}

/* Leaves open the socket, as JUDGE_SOCKET, and `other`, unless that is -1. */
static bool close_all_but(int socket, int other)
{
	unsigned last = IS_SANITIZED ? STDERR_FILENO : JUDGE_SOCKET, kept;

	if (dup2(socket, JUDGE_SOCKET) < 0)
		return false;
	if (last > JUDGE_SOCKET)
		close_between(JUDGE_SOCKET + 1, last - 1);
	kept = other < 0 ? last : (unsigned)other;
	if (kept > last)
		close_between(last + 1, kept - 1);
	close_between((kept > last ? kept : last) + 1, ~0U);
	return true;
}

int judge_become(int socket, int other, const JudgeJob *job, bool for_many)
{
	const ConfineLimits limits = { .cpu_s = job->cpu_s,
				       .memory_mb = job->memory_mb,
				       .cpu_is_renewed = for_many };
	Failure why = { 0 };

	/* Whatever ends the courier ends us, kill -9 too. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!close_all_but(socket, other))
		_exit(EXIT_GAVE_UP);
	panic_set_hook(on_panic);
	panic_set_status(EXIT_GAVE_UP);
	if (!confine_limits(&limits, &why))
		panic("%s", why.text);
	return JUDGE_SOCKET;
}

_Noreturn static void be_judge(int socket, const JudgeJob *job, JudgeBody body)
{
	Message *message = job->message;

	if (message->fd >= 0) {
		message->fd = judge_open_for_reading(message->fd);
		if (message->fd < 0)
			_exit(EXIT_GAVE_UP);
	}
	socket = judge_become(socket, message->fd, job, false);
	message->spool_fd = -1;
	body(socket, job);
	_exit(0);
}

/* --- in the courier --- */

/* Listens until there is a plan, or NULL. */
static Plan *hear(Hearing *hearing, Arena *arena)
{
	Plan *plan = NULL;
	Frame frame;

	for (;;) {
		switch (frame_read(&hearing->reader, &frame)) {
		case FRAME_READ:
			if (!judge_hear_frame(hearing, &frame, arena, &plan))
				return plan;
			break;
		case FRAME_END:
			return NULL;
		case FRAME_LATE:
			failure_retry(&hearing->wrong, "the judge came to no end within %u s (judge_wall_s)",
				      hearing->job->wall_s);
			return NULL;
		case FRAME_BAD:
			failure_retry(&hearing->wrong, "the judge talks nonsense");
			return NULL;
		case FRAME_DEAF:
			failure_errno(&hearing->ours, "listen to the judge, which runs the rules");
			return NULL;
		}
	}
}

/* What a sanitizer found in a judge is a bug of ours, and must not pass for rules that went wrong. */
static void pass_on_finding(int status)
{
	if (IS_SANITIZED && WIFEXITED(status) && WEXITSTATUS(status) == SANITIZED_EXIT)
		_exit(SANITIZED_EXIT);
}

void judge_end(pid_t judge, int *status)
{
	kill(judge, SIGKILL);
	while (waitpid(judge, status, 0) < 0 && errno == EINTR)
		continue;
	pass_on_finding(*status);
}

void judge_describe_end(const JudgeJob *job, int status, Failure *how)
{
	int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (signal == SIGXCPU)
		failure_retry(how, "the judge was killed by signal %d (CPU time limit of %u s: judge_cpu_s)",
			      signal, job->cpu_s);
	else if (signal)
		failure_retry(how, "the judge was killed by signal %d (%s)", signal,
			      sigdescr_np(signal) ? sigdescr_np(signal) : "unknown");
	else
		failure_retry(how, "the judge ended without a plan, with status %d", WEXITSTATUS(status));
}

Plan *judge_no_plan(const JudgeJob *job, const Failure *how, Arena *arena)
{
	Plan *plan = plan_new(arena);

	plan_fail(plan, PLAN_RUN_ERROR, arena_printf(arena, "%s: %s", job->script_name, how->text));
	return plan;
}

bool judge_ask_with(const JudgeJob *job, const World *world, JudgeBody body, Arena *arena, Plan **plan,
		    Failure *why)
{
	Hearing hearing = { .job = job, .world = world };
	int pair[2], status = 0;
	pid_t judge;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return failure_errno(why, "open a socket to the judge");
	auto_fd int ours = pair[0];
	auto_fd int its = pair[1];

	judge = crash_guard_fork();
	if (judge < 0)
		return failure_errno(why, "start the judge");
	if (judge == 0)
		be_judge(its, job, body);
	cleanup_fd(&its);
	its = -1; /* else its end would never be seen */
	hearing.reader.socket = ours;
	hearing.reader.deadline_ms = frame_clock_ms() + (int64_t)job->wall_s * 1000;
	*plan = hear(&hearing, arena);
	if (job->found)
		job->found->compiled = hearing.compiled;
	text_clear(&hearing.reader.bytes);
	judge_end(judge, &status);
	if (hearing.ours.kind != FAILURE_NONE)
		return failure_retry(why, "%s", hearing.ours.text);
	if (!*plan && hearing.wrong.kind == FAILURE_NONE)
		judge_describe_end(job, status, &hearing.wrong);
	if (!*plan)
		*plan = judge_no_plan(job, &hearing.wrong, arena);
	return true;
}
