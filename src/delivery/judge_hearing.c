/* judge_hearing - what the courier makes of a judge's frames: it believes none of them */
#include "delivery/judge_internal.h"

#include <errno.h>

#include "base/printable.h"
#include "plan/limits.h"
#include "sieve/extension.h"

enum {
	/* What a judge sends besides questions: scripts that are included, that it has compiled, its plan. */
	FRAMES_BESIDES = 1000
};

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

bool judge_hear_compiled(Hearing *hearing, const Frame *frame)
{
	if (hearing->compiled)
		return wrong(hearing, "talks nonsense");
	hearing->compiled = true;
	hearing->plans = frame_number(frame) & (hearing->job->plans ? hearing->job->plans : ~0U);
	if (hearing->job->on_compiled)
		hearing->job->on_compiled(hearing->job->self, hearing->plans);
	return true;
}

/* What the rules never ask would be answered by a courier that may have given up what it takes. */
static bool may_be_asked(const Hearing *hearing, QuestionKind kind)
{
	const unsigned lists = SIEVE_PLANS_LISTS | 1u << ACTION_REDIRECT | 1u << ACTION_CALENDAR;

	switch (kind) {
	case ASK_LIST:
	case ASK_LIST_KNOWN:
	case ASK_LIST_ALL:
		return hearing->plans & lists;
	case ASK_SEEN:
		return hearing->plans & 1u << ACTION_REMEMBER;
	case ASK_CALENDAR:
		return hearing->plans & 1u << ACTION_CALENDAR;
	default:
		return true;
	}
}

static bool answer_question(Hearing *hearing, Slice body)
{
	AUTO_VALUE(Text) out = { 0 };
	Question question;
	Failure why = { 0 };
	int64_t before_ms;

	if (!question_decode(body, &question, &why))
		return failure_retry(&hearing->wrong, "the judge asks %s", why.text);
	if (question.kind == ASK_PROGRAM && !(hearing->plans & SIEVE_PLANS_PROGRAMS))
		return wrong(hearing, "asks for a program that the rules do not name");
	if (!may_be_asked(hearing, question.kind))
		return wrong(hearing, "asks what the rules never do");
	before_ms = frame_clock_ms();
	find_answer(hearing, &question, &out);
	/* What the courier takes for its answers (programs may run) is none of the judge's time; it has its
	 * own bounds. */
	hearing->reader.deadline_ms += frame_clock_ms() - before_ms;
	if (frame_send_until(hearing->reader.socket, FRAME_ANSWER, text_slice(&out),
			     hearing->reader.deadline_ms))
		return true;
	if (errno == EAGAIN)
		return wrong(hearing, "asks, and does not listen");
	/* One that is dead will be found out by the next read. */
	return errno == EPIPE || errno == ECONNRESET ||
	       failure_errno(&hearing->ours, "answer the judge, which runs the rules");
}

/* Is there nothing in it that the courier cannot do, or that these rules cannot want? */
static bool may_be_planned(const Hearing *hearing, const Plan *plan, Failure *why)
{
	size_t redirects = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const ActionKind kind = plan->actions[i].kind;

		if (!(hearing->plans >> kind & 1))
			return failure_retry(why, "the rules have no '%s'", plan_action_name(kind));
		redirects += kind == ACTION_REDIRECT;
	}
	if (redirects > hearing->job->redirect_max)
		return failure_retry(why, "%zu redirects, redirect_max allows %u", redirects,
				     hearing->job->redirect_max);
	if (plan->image_count && !(hearing->plans & SIEVE_PLANS_EDITS))
		return failure_retry(why, "the rules do not change the message");
	return true;
}

/* Takes the plan apart, believing nothing. */
static Plan *take_plan(Hearing *hearing, Slice bytes, Arena *arena)
{
	Plan *plan = plan_new(arena);
	Failure why = { 0 };

	if (!plan_decode(bytes, plan, &why) || !plan_check(plan, hearing->job->message->size_bytes, &why) ||
	    !may_be_planned(hearing, plan, &why)) {
		failure_retry(&hearing->wrong, "the judge gave no plan that may be carried out: %s",
			      why.text);
		return NULL;
	}
	plan->steps = TAKE(hearing->steps);
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

/* Believed of a judge that was asked, once for each plan. */
static bool hear_steps(Hearing *hearing, Slice body, Arena *arena)
{
	Steps *steps = ARENA_NEW(arena, Steps);
	Failure why = { 0 };

	if (!hearing->compiled || !hearing->job->trace || hearing->steps ||
	    !steps_decode(body, steps, arena, &why))
		return wrong(hearing, "talks nonsense");
	hearing->steps = steps;
	return true;
}

bool judge_hear_frame(Hearing *hearing, const Frame *frame, Arena *arena, Plan **plan)
{
	if (++hearing->frames > LIMIT_QUESTIONS + FRAMES_BESIDES)
		return wrong(hearing, "asks without end");
	switch (frame->kind) {
	case FRAME_SOURCE:
		return hear_source(hearing, frame->body, arena);
	case FRAME_COMPILED:
		return judge_hear_compiled(hearing, frame);
	case FRAME_CHANGED:
		if (hearing->compiled || !hearing->job->found)
			break;
		hearing->job->found->changed = true;
		return true;
	case FRAME_LACKS:
		if (hearing->compiled || !hearing->job->found)
			break;
		hearing->job->found->lacks = frame_number(frame);
		return true;
	case FRAME_ASK:
		return answer_question(hearing, frame->body);
	case FRAME_STEPS:
		return hear_steps(hearing, frame->body, arena);
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
