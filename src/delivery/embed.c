/* embed - the C interface of libtrommel, on top of the language
 *
 * include/trommel/trommel.h is its manual.  A thin skin: what is asked for is checked and put into the
 * terms of the floors below, and nothing else happens here. */
#include "trommel/trommel.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "delivery/includes.h"
#include "delivery/mime_module.h"
#include "message/header.h"
#include "plan/plan.h"
#include "sieve/sieve.h"

struct TrommelScript {
	Arena *arena; /* of the name, the source and all that was compiled */
	SieveScript *compiled;
	const MimeModule *mime; /* NULL when it needs none */
};

struct TrommelPlan {
	Arena *arena;
	Plan *plan;
	TrommelAction *actions;
	size_t count;
	Text text;
};

/* Copies a struct that begins with its size, as large as the caller knew it, over the defaults. */
static void take_over(void *mine, size_t size, const void *theirs)
{
	size_t known;

	if (!theirs)
		return;
	memcpy(&known, theirs, sizeof known);
	memcpy(mine, theirs, known < size ? known : size);
}

const char *trommel_version(void)
{
	return TROMMEL_VERSION;
}

/* --- scripts --- */

static void report_findings(const TrommelSetup *setup, const SieveFindings *findings)
{
	for (size_t i = 0; setup->report && i < findings->count; i++) {
		const SieveFinding *it = &findings->items[i];
		AUTO_VALUE(Text) printed = { 0 };

		sieve_finding_print(it, &printed);
		setup->report(setup->self, &(TrommelFinding){ .is_error = it->severity == SIEVE_ERROR,
							      .file = it->file,
							      .line = it->line,
							      .column = it->column,
							      .text = it->text,
							      .suggestion = it->suggestion,
							      .printed = text_string(&printed) });
	}
}

static void report_failure(const TrommelSetup *setup, const char *name, const Failure *why)
{
	AUTO_VALUE(Text) printed = { 0 };

	if (!setup->report)
		return;
	text_printf(&printed, "%s: error: %s\n", name, why->text);
	setup->report(setup->self, &(TrommelFinding){ .is_error = 1,
						      .file = name,
						      .text = why->text,
						      .printed = text_string(&printed) });
}

static bool compile(TrommelScript *script, const char *name, Slice source, const TrommelSetup *setup,
		    SieveFindings *findings, Failure *why)
{
	Includes includes = { setup->personal_dir, setup->global_dir, geteuid() };
	SieveSetup how = { .load = includes_load,
			   .self = &includes,
			   .plans = 1u << ACTION_KEEP | 1u << ACTION_FILEINTO | 1u << ACTION_REDIRECT |
				    1u << ACTION_DISCARD, /* what trommel.h can say */
			   .redirect_max = setup->redirect_max,
			   .recipient_delimiter = setup->recipient_delimiter
							  ? arena_copy_string(script->arena,
									      setup->recipient_delimiter)
							  : NULL };

	script->compiled = sieve_compile(name, source, &how, script->arena, findings, why);
	if (!script->compiled)
		return false;
	return !sieve_needs_mime(script->compiled) || mime_module_open(&script->mime, why);
}

TrommelScript *trommel_script_compile(const char *name, const char *source, size_t length,
				      const TrommelSetup *setup)
{
	TrommelScript *script = memory_zeroed(1, sizeof *script);
	TrommelSetup how = TROMMEL_SETUP;
	SieveFindings findings = { 0 };
	Failure why = { 0 };
	bool compiled;

	take_over(&how, sizeof how, setup);
	script->arena = arena_new();
	name = arena_copy_string(script->arena, name);
	compiled = compile(script, name, arena_copy_slice(script->arena, slice(source, length)), &how,
			   &findings, &why);
	report_findings(&how, &findings);
	if (why.kind != FAILURE_NONE)
		report_failure(&how, name, &why);
	if (compiled)
		return script;
	trommel_script_free(script);
	return NULL;
}

void trommel_script_free(TrommelScript *script)
{
	if (!script)
		return;
	arena_free(script->arena);
	free(script);
}

/* --- running them --- */

static bool ask_folder(const TrommelWorld *world, Slice name, bool *exists, Failure *why)
{
	auto_free char *folder = memory_copy_bytes(name.data, name.length);
	int answer = 1;

	if (!plan_folder_valid(name))
		answer = 0;
	else if (world->folder_exists)
		answer = world->folder_exists(world->self, folder);
	*exists = answer > 0;
	return answer >= 0 || failure_retry(why, "whether there is a folder is not known just now");
}

static bool ask_caller(void *self, const Question *question, Answer *answer, Failure *why)
{
	return question->kind != ASK_FOLDER || ask_folder(self, question->arguments[0], &answer->yes, why);
}

static void run(TrommelScript *script, Slice bytes, const TrommelEnvelope *told, TrommelWorld *asked,
		Plan *plan)
{
	const char *user = told->user ? told->user : "";
	const Envelope envelope = { .sender_known = told->sender != NULL,
				    .sender = told->sender,
				    .recipient = told->recipient ? told->recipient : user,
				    .original_recipient = told->original_recipient,
				    .detail = told->detail,
				    .user = user,
				    .home = "" };
	const World world = { ask_caller, asked };
	AUTO_VALUE(Message) message = { 0 };
	SieveInput input = { .message = &message,
			     .envelope = &envelope,
			     .world = &world,
			     .mime = script->mime,
			     .now = told->now ? told->now : time(NULL),
			     .host = told->host,
			     .version = TROMMEL_VERSION };
	Failure why = { 0 };

	message_from_bytes(&message, bytes);
	input.header = header_index(message.header, plan->arena);
	sieve_run(script->compiled, &input, plan);
	/* The caller is promised folders and addresses that can do no harm. */
	if (!plan_check(plan, message.size_bytes, &why))
		plan_fail(plan, PLAN_RUN_ERROR, why.text);
}

static void add(TrommelPlan *plan, const Action *from)
{
	plan->actions[plan->count++] = (TrommelAction){ .kind = (TrommelActionKind)from->kind,
							.folder = from->folder,
							.address = from->address,
							.create = from->create,
							.flags = from->flags.names,
							.flag_count = from->flags.count,
							.script = from->script,
							.line = from->line };
}

static void list_actions(TrommelPlan *plan)
{
	const Plan *from = plan->plan;

	plan->actions = arena_zeroed(plan->arena, from->count + 1, sizeof *plan->actions);
	if (from->outcome == PLAN_RETRY)
		return;
	for (size_t i = 0; i < from->count; i++)
		add(plan, &from->actions[i]);
	if (from->implicit_keep) {
		add(plan, &(Action){ .kind = from->implicit_folder ? ACTION_FILEINTO : ACTION_KEEP,
				     .folder = from->implicit_folder,
				     .flags = from->implicit_flags,
				     .script = "" });
		plan->actions[plan->count - 1].implicit = 1;
	}
}

TrommelPlan *trommel_script_run(TrommelScript *script, const void *message, size_t length,
				const TrommelEnvelope *envelope, const TrommelWorld *world)
{
	TrommelPlan *plan = memory_zeroed(1, sizeof *plan);
	TrommelEnvelope told = TROMMEL_ENVELOPE;
	TrommelWorld asked = { sizeof asked, NULL, NULL };

	take_over(&told, sizeof told, envelope);
	take_over(&asked, sizeof asked, world);
	plan->arena = arena_new();
	plan->plan = plan_new(plan->arena);
	run(script, slice(message, length), &told, &asked, plan->plan);
	list_actions(plan);
	plan_print(plan->plan, &plan->text);
	return plan;
}

TrommelOutcome trommel_plan_outcome(const TrommelPlan *plan)
{
	switch (plan->plan->outcome) {
	case PLAN_DECIDED:
		return TROMMEL_DECIDED;
	case PLAN_RETRY:
		return TROMMEL_LATER;
	case PLAN_NO_COMPILE:
	case PLAN_RUN_ERROR:
		break;
	}
	return TROMMEL_FAILED;
}

const char *trommel_plan_error(const TrommelPlan *plan)
{
	return plan->plan->outcome == PLAN_DECIDED ? NULL : plan->plan->error;
}

size_t trommel_plan_count(const TrommelPlan *plan)
{
	return plan->count;
}

const TrommelAction *trommel_plan_action(const TrommelPlan *plan, size_t index)
{
	return index < plan->count ? &plan->actions[index] : NULL;
}

const char *trommel_plan_text(const TrommelPlan *plan)
{
	return text_string(&plan->text);
}

void trommel_plan_free(TrommelPlan *plan)
{
	if (!plan)
		return;
	text_clear(&plan->text);
	arena_free(plan->arena);
	free(plan);
}
