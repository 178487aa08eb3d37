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
#include "base/printable.h"
#include "base/sanitized.h"
#include "base/utf8.h"
#include "delivery/judge_wire.h"
#include "plan/limits.h"
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

/* Another descriptor of the message's file, for reading alone: through the spool's own a judge could write
 * into what will be stored (by mmap(2), which no limit on file sizes stops). */
static int open_for_reading(int fd)
{
	char path[32];
	int opened;

	if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY)
		return dup(fd);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	opened = open(path, O_RDONLY | O_CLOEXEC);
	return opened < 0 && errno == ENOENT ? dup(fd) : opened; /* without /proc */
}

/* Leaves open the socket, as JUDGE_SOCKET, and what the message is read from. */
static bool close_all_but(int socket, Message *message)
{
	unsigned last = IS_SANITIZED ? STDERR_FILENO : JUDGE_SOCKET, kept;

	if (message->fd >= 0) {
		message->fd = open_for_reading(message->fd);
		if (message->fd < 0)
			return false;
	}
	if (dup2(socket, JUDGE_SOCKET) < 0)
		return false;
	if (last > JUDGE_SOCKET)
		close_between(JUDGE_SOCKET + 1, last - 1);
	kept = message->fd < 0 ? last : (unsigned)message->fd;
	if (kept > last)
		close_between(last + 1, kept - 1);
	close_between((kept > last ? kept : last) + 1, ~0U);
	message->spool_fd = -1;
	return true;
}

_Noreturn static void be_judge(int socket, const JudgeJob *job, JudgeBody body)
{
	const ConfineLimits limits = { .cpu_s = job->cpu_s, .memory_mb = job->memory_mb };
	Failure why = { 0 };

	/* Whatever ends the courier ends us, kill -9 too. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!close_all_but(socket, job->message))
		_exit(EXIT_GAVE_UP);
	panic_set_hook(on_panic);
	panic_set_status(EXIT_GAVE_UP);
	if (!confine_limits(&limits, &why))
		panic("%s", why.text);
	body(JUDGE_SOCKET, job);
	_exit(0);
}

/* --- in the courier --- */

typedef struct Hearing {
	const JudgeJob *job;
	const World *world;
	FrameReader reader;
	bool compiled; /* said so; the message may have been seen from then on */
	size_t frames;
	Failure world_failed;
	Failure wrong; /* what the judge did wrong; nothing when it just ended */
} Hearing;

static bool wrong(Hearing *hearing, const char *text)
{
	return failure_retry(&hearing->wrong, "the judge %s", text);
}

/* Names that could never be folders are not even looked for. */
static bool is_harmless(const Question *question)
{
	switch (question->kind) {
	case ASK_FOLDER:
		return plan_folder_valid(question->arguments[0]);
	case ASK_SPECIAL_USE:
		return !question->arguments[1].length || plan_folder_valid(question->arguments[1]);
	case ASK_METADATA:
		return !question->arguments[0].length || plan_folder_valid(question->arguments[0]);
	default:
		return true;
	}
}

/* The answer as the frame has it. */
static void find_answer(Hearing *hearing, const Question *question, Text *out)
{
	Answer answer = { 0 };
	Failure why = { 0 };

	if (is_harmless(question) && !hearing->world->ask(hearing->world->self, question, &answer, &why)) {
		hearing->world_failed = why;
		text_printf(out, "!%s", why.text);
	} else {
		text_append_char(out, answer.yes ? '1' : '0');
		text_append_slice(out, text_slice(&answer.bytes));
	}
	text_clear(&answer.bytes);
}

static bool answer_question(Hearing *hearing, Slice body)
{
	AUTO_VALUE(Text) out = { 0 };
	Question question;
	Failure why = { 0 };
	int64_t before_ms;

	if (!question_decode(body, &question, &why))
		return failure_retry(&hearing->wrong, "the judge asks %s", why.text);
	before_ms = frame_clock_ms();
	find_answer(hearing, &question, &out);
	/* What the courier takes for its answers (programs may run) is none of the judge's time; it has its
	 * own bounds. */
	hearing->reader.deadline_ms += frame_clock_ms() - before_ms;
	if (frame_send_until(hearing->reader.socket, FRAME_ANSWER, text_slice(&out),
			     hearing->reader.deadline_ms))
		return true;
	/* One that is dead will be found out by the next read. */
	return errno != EAGAIN || wrong(hearing, "asks, and does not listen");
}

/* Is there nothing in it that the courier cannot do? */
static bool may_be_planned(const JudgeJob *job, const Plan *plan, Failure *why)
{
	for (size_t i = 0; i < plan->count && job->plans; i++)
		if (!(job->plans >> plan->actions[i].kind & 1))
			return failure_retry(why, "'%s' cannot be carried out",
					     plan_action_name(plan->actions[i].kind));
	return true;
}

/* Takes the plan apart, believing nothing. */
static Plan *take_plan(Hearing *hearing, Slice bytes, Arena *arena)
{
	Plan *plan = plan_new(arena);
	Failure why = { 0 };

	if (!plan_decode(bytes, plan, &why) || !plan_check(plan, hearing->job->message->size_bytes, &why) ||
	    !may_be_planned(hearing->job, plan, &why)) {
		failure_retry(&hearing->wrong, "the judge gave no plan that may be carried out: %s",
			      why.text);
		return NULL;
	}
	if (plan->outcome != PLAN_RETRY)
		return plan;
	if (hearing->world_failed.kind != FAILURE_NONE)
		plan_fail(plan, PLAN_RETRY, hearing->world_failed.text);
	else if (hearing->compiled) {
		wrong(hearing, "wants to see the message again later");
		return NULL;
	}
	return plan;
}

static bool hear_text(Hearing *hearing, Slice text)
{
	AUTO_VALUE(Text) printable = { 0 };

	printable_append(&printable, text, FAILURE_TEXT_MAX);
	return failure_retry(&hearing->wrong, "the judge gave up: %s", text_string(&printable));
}

/* Believed as long as the message has not been seen. */
static bool hear_source(Hearing *hearing, Slice body, Arena *arena)
{
	RuleSource source;

	if (hearing->compiled || !hearing->job->found || !last_rules_take(&body, &source, arena))
		return wrong(hearing, "talks nonsense");
	last_rules_add(&hearing->job->found->included, source, arena);
	return true;
}

/* One frame.  False when it was the last: a plan, or something wrong. */
static bool hear_frame(Hearing *hearing, const Frame *frame, Arena *arena, Plan **plan)
{
	if (++hearing->frames > LIMIT_QUESTIONS)
		return wrong(hearing, "asks without end");
	switch (frame->kind) {
	case FRAME_SOURCE:
		return hear_source(hearing, frame->body, arena);
	case FRAME_COMPILED:
		hearing->compiled = true;
		return true;
	case FRAME_CHANGED:
		if (hearing->compiled || !hearing->job->found)
			break;
		hearing->job->found->changed = true;
		return true;
	case FRAME_ASK:
		return answer_question(hearing, frame->body);
	case FRAME_PLAN:
		*plan = take_plan(hearing, frame->body, arena);
		return false;
	case FRAME_GAVE_UP:
		return hear_text(hearing, frame->body);
	case FRAME_ANSWER:
		break;
	}
	return wrong(hearing, "talks nonsense");
}

/* Listens until there is a plan, or NULL. */
static Plan *hear(Hearing *hearing, Arena *arena)
{
	Plan *plan = NULL;
	Frame frame;

	for (;;) {
		switch (frame_read(&hearing->reader, &frame)) {
		case FRAME_READ:
			if (!hear_frame(hearing, &frame, arena, &plan))
				return plan;
			break;
		case FRAME_END:
			return NULL;
		case FRAME_LATE:
			failure_retry(&hearing->wrong, "the judge came to no end within %u s (judge_wall_s)",
				      hearing->job->wall_s);
			return NULL;
		case FRAME_BAD:
			wrong(hearing, "talks nonsense");
			return NULL;
		}
	}
}

/* Kills it, whatever it is still doing, and waits for that.  One that was dying already keeps its status. */
static void end_judge(pid_t judge, int *status)
{
	kill(judge, SIGKILL);
	while (waitpid(judge, status, 0) < 0 && errno == EINTR)
		continue;
}

/* What a sanitizer found in a judge is a bug of ours, and must not pass for rules that went wrong. */
static void pass_on_finding(int status)
{
	if (IS_SANITIZED && WIFEXITED(status) && WEXITSTATUS(status) == SANITIZED_EXIT)
		_exit(SANITIZED_EXIT);
}

/* How a judge ended that said nothing. */
static void describe_end(const JudgeJob *job, int status, Failure *how)
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

static Plan *plan_without_judge(const JudgeJob *job, const Failure *how, Arena *arena)
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
	end_judge(judge, &status);
	pass_on_finding(status);
	if (!*plan && hearing.wrong.kind == FAILURE_NONE)
		describe_end(job, status, &hearing.wrong);
	if (!*plan)
		*plan = plan_without_judge(job, &hearing.wrong, arena);
	return true;
}
