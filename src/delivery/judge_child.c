/* judge_child - the judge itself: compile, give up everything, look at the message, decide
 *
 * In this order: what the script needs from disk (includes, modules, the local zone) is fetched before
 * the doors close, and the message is looked at only behind them. */
#include "delivery/judge_internal.h"

#include <time.h>

#include "delivery/includes.h"
#include "delivery/mime_module.h"
#include "message/header.h"
#include "plan/limits.h"
#include "sieve/sieve.h"
#include "system/confine.h"
#include "system/privileges.h"

#include <unistd.h>

/* The world, as seen from in here: a question to the courier, who checks it. */
static bool ask_courier(void *self, const Question *question, Answer *answer, Failure *why)
{
	const int *socket = self;
	AUTO_VALUE(Text) asked = { 0 };
	AUTO_VALUE(Text) told = { 0 };

	question_encode(question, &asked);
	if (!frame_send(*socket, FRAME_ASK, text_slice(&asked)) || !frame_read_answer(*socket, &told))
		_exit(0); /* nobody is left to judge for */
	if (told.data[0] == '!')
		return failure_retry(why, "%s", told.data + 1);
	answer->yes = told.data[0] == '1';
	text_append_slice(&answer->bytes, slice_from(text_slice(&told), 1));
	return true;
}

/* What the script's extensions look at, and where its includes come from. */
typedef struct Surroundings {
	Includes includes;
	const JudgeJob *job;
	RuleSources included; /* so far */
	Arena *arena;
} Surroundings;

static const char *setting(void *self, const char *name)
{
	const Surroundings *it = self;

	return it->job->config ? config_get(it->job->config, name, it->arena) : NULL;
}

static SieveLoad load(void *self, SievePlace place, const char *name, Text *source, Failure *why)
{
	Surroundings *it = self;
	const RuleSource *instead;
	SieveLoad loaded;

	if (it->job->instead) {
		instead = last_rules_find(it->job->instead, place, name);
		if (instead)
			text_append_slice(source, instead->text);
		return instead ? SIEVE_LOADED : SIEVE_ABSENT;
	}
	loaded = includes_load(&it->includes, place, name, source, why);
	if (loaded == SIEVE_LOADED && it->job->last_rules)
		last_rules_add(&it->included,
			       (RuleSource){ place, arena_copy_string(it->arena, name),
					     arena_copy_slice(it->arena, text_slice(source)) },
			       it->arena);
	return loaded;
}

/* Are those that were kept the same ones? */
static bool are_kept(const Surroundings *it)
{
	RuleSources kept = { 0 };
	Slice script;
	int64_t modified_s;

	if (!last_rules_read(it->job->last_rules, it->job->owner, &script, &kept, &modified_s, it->arena) ||
	    kept.count != it->included.count)
		return false;
	for (size_t i = 0; i < kept.count; i++) {
		const RuleSource *now = &it->included.items[i];
		const RuleSource *then = last_rules_find(&kept, now->place, now->name);

		if (!then || !slice_equal(then->text, now->text))
			return false;
	}
	return true;
}

static void tell(int socket, FrameKind kind, Slice body)
{
	if (!frame_send(socket, kind, body))
		_exit(0); /* nobody is left to judge for */
}

/* Tells the courier which scripts these rules were made of. */
static void tell_sources(int socket, const Surroundings *it)
{
	for (size_t i = 0; i < it->included.count; i++) {
		AUTO_VALUE(Text) bytes = { 0 };

		last_rules_write(&it->included.items[i], &bytes);
		tell(socket, FRAME_SOURCE, text_slice(&bytes));
	}
	if (it->included.count && !are_kept(it))
		tell(socket, FRAME_CHANGED, SLICE(""));
}

static void tell_steps(int socket, const Steps *steps)
{
	AUTO_VALUE(Text) bytes = { 0 };

	steps_encode(steps, &bytes);
	tell(socket, FRAME_STEPS, text_slice(&bytes));
}

static void fail_to_compile(const SieveFindings *findings, Plan *plan)
{
	AUTO_VALUE(Text) text = { 0 };

	for (size_t i = 0; i < findings->count && text.length < LIMIT_ERROR_LENGTH; i++)
		if (findings->items[i].severity == SIEVE_ERROR)
			sieve_finding_print(&findings->items[i], &text);
	plan_fail(plan, PLAN_NO_COMPILE, text_string(&text));
}

/* What the script needs from disk, and then nothing from there any more. */
static bool fetch_and_close(const SieveScript *script, const MimeModule **mime, unsigned *lacks, Failure *why)
{
	if (sieve_needs_mime(script) && !mime_module_open(mime, why))
		return false;
	if (sieve_needs_zone(script))
		tzset();
	return confine_close(lacks, why);
}

bool judge_prepare(int socket, const JudgeJob *job, Plan *plan, SieveScript **script, const MimeModule **mime)
{
	/* Asked for settings while the script runs, too. */
	Surroundings *surroundings = ARENA_NEW(plan->arena, Surroundings);
	SieveSetup setup = { .load = load,
			     .setting = setting,
			     .self = surroundings,
			     .plans = job->plans,
			     .redirect_max = sieve_redirects(job->redirect_max),
			     .recipient_delimiter = job->recipient_delimiter };
	SieveFindings findings = { 0 };
	Failure why = { 0 };
	unsigned lacks = 0;

	*surroundings = (Surroundings){ .includes = { job->personal_dir, job->global_dir, job->owner },
					.job = job,
					.arena = plan->arena };
	privileges_drop_spool_group();
	*script = sieve_compile(job->script_name, job->script_source, &setup, plan->arena, &findings, &why);
	if (!*script && why.kind == FAILURE_NONE) {
		fail_to_compile(&findings, plan);
		return false;
	}
	if (*script)
		tell_sources(socket, surroundings);
	if (*script && fetch_and_close(*script, mime, &lacks, &why)) {
		if (lacks && job->found && !frame_send_lacks(socket, lacks))
			_exit(0); /* nobody is left to judge for */
		return true;
	}
	/* What the owner wants is not known, so that nothing can be done now. */
	plan_fail(plan, PLAN_RETRY, why.text);
	return false;
}

void judge_decide(int socket, const JudgeJob *job, const SieveScript *script, const MimeModule *mime,
		  Plan *plan)
{
	const World world = { .ask = ask_courier, .self = &socket };
	/* Not the plan's, whose size the rules have to answer for. */
	AUTO(Arena) arena = job->trace ? arena_new() : NULL;
	SieveTrace *trace = arena ? sieve_trace_new(script, arena) : NULL;
	const SieveInput input = { .message = job->message,
				   .header = header_index(job->message->header, plan->arena),
				   .envelope = job->envelope,
				   .world = &world,
				   .mime = mime,
				   .now = job->now,
				   .host = job->host,
				   .default_folder = job->default_folder,
				   .flags = job->flags,
				   .version = TROMMEL_VERSION,
				   .trace = trace };

	sieve_run(script, &input, plan);
	if (trace)
		tell_steps(socket, sieve_trace_steps(trace));
}

bool judge_send_plan(int socket, const JudgeJob *job, Plan *plan)
{
	AUTO_VALUE(Text) bytes = { 0 };

	plan_encode(plan, &bytes);
	if (bytes.length > LIMIT_PLAN_BYTES) {
		plan_fail(plan, PLAN_RUN_ERROR,
			  arena_printf(plan->arena, "%s: a plan of %zu bytes is too long", job->script_name,
				       bytes.length));
		text_reset(&bytes);
		plan_encode(plan, &bytes);
	}
	return frame_send(socket, FRAME_PLAN, text_slice(&bytes));
}

static void judge_body(int socket, const JudgeJob *job)
{
	/* Given back by the process's end, which comes at once. */
	Plan *plan = plan_new(arena_new());
	const MimeModule *mime = NULL;
	SieveScript *script;

	if (judge_prepare(socket, job, plan, &script, &mime)) {
		frame_send_compiled(socket, sieve_plans(script));
		judge_decide(socket, job, script, mime, plan);
	}
	judge_send_plan(socket, job, plan);
}

bool judge_ask(const JudgeJob *job, const World *world, Arena *arena, Plan **plan, Failure *why)
{
	return judge_ask_with(job, world, judge_body, arena, plan, why);
}
