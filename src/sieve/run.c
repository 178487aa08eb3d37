/* run - walks a checked tree
 * RFC 5228, section 2.10; RFC 6609 (frames of included scripts); RFC 5463 (ihave)
 *
 * A run ends well, with a run-time error, or with a question that the world cannot answer just
 * now.  Rules act on nothing until the end, so after an error all that they had decided is dropped and
 * the message is kept (2.10.6 leaves open whether earlier actions stand; an owner whose script broke
 * off expects to find the message where he looks first). */
#include "sieve/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "plan/limits.h"
#include "sieve/parts.h"
#include "sieve/script.h"
#include "sieve/trace.h"

/* ---- what goes wrong ---- */

enum {
	LOGGED_BYTES = 500 /* of a text that a script logs */
};

/* What was found in a mail may be in the text: it stays one line that a terminal can be shown. */
static char *place_text(SieveRun *run, SieveSpan span, const char *text)
{
	const SieveScript *script = run->frame->script;
	AUTO_VALUE(Text) line = { 0 };

	text_printf(&line, "%s:%u:%u: ", script->name, span.line, sieve_column(script->source, span.offset));
	printable_append(&line, slice_of(text), FAILURE_TEXT_MAX);
	return arena_copy_string(run->arena, text_string(&line));
}

SieveStatus sieve_fail(SieveRun *run, SieveSpan span, const char *format, ...)
{
	va_list arguments;
	char text[FAILURE_TEXT_MAX];

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	plan_fail(run->plan, PLAN_RUN_ERROR, place_text(run, span, text));
	return SIEVE_FAILED;
}

SieveStatus sieve_later(SieveRun *run, const Failure *why)
{
	plan_fail(run->plan, PLAN_RETRY, why->text);
	return SIEVE_LATER;
}

void sieve_warn(SieveRun *run, SieveSpan span, const char *format, ...)
{
	va_list arguments;
	char text[FAILURE_TEXT_MAX];

	/* To find the place costs as much as the line before it is long. */
	if (run->plan->warning_count >= LIMIT_WARNINGS)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	plan_warn(run->plan, "%s", place_text(run, span, text));
}

SieveStatus sieve_check_memory(SieveRun *run, SieveSpan span)
{
	if (arena_used(run->arena) - run->arena_at_start <= SIEVE_LIMIT_RUN_BYTES)
		return SIEVE_OK;
	return sieve_fail(run, span, "the script needs more than %d MB of memory (limit: run bytes)",
			  SIEVE_LIMIT_RUN_BYTES / (1024 * 1024));
}

SieveStatus sieve_log_argument(SieveRun *run, const SieveNode *node, const char *prefix)
{
	Slice text;
	SieveStatus status = sieve_expand(run, sieve_string(node, 0), &text);

	if (status == SIEVE_OK)
		sieve_warn(run, node->span, "%s%.*s", prefix, (int)utf8_cut(text, LOGGED_BYTES).length,
			   text.data);
	return status;
}

void sieve_note(SieveRun *run, SieveSpan span, const char *format, ...)
{
	va_list arguments;
	char text[FAILURE_TEXT_MAX];

	if (run->plan->note_count >= LIMIT_WARNINGS)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	plan_note(run->plan, "%s", place_text(run, span, text));
}

/* ---- extensions ---- */

bool sieve_enabled(const SieveRun *run, const SieveExtension *extension)
{
	const SieveFrame *frame = run->frame;
	const SieveUnit *unit = frame->script->unit;

	for (size_t i = 0; i < unit->extension_count; i++)
		if (unit->extensions[i] == extension)
			return frame->script->required[i] || (frame->found && frame->found[i]);
	return false;
}

void sieve_enable(SieveRun *run, size_t place)
{
	SieveFrame *frame = run->frame;

	if (!frame->found)
		frame->found = arena_zeroed(run->arena, frame->script->unit->extension_count, sizeof(bool));
	frame->found[place] = true;
	run->extensions_found = true;
}

static SieveStatus check_missing(SieveRun *run, const SieveNode *node)
{
	for (const SieveExtension *const *extension = node->missing; *extension; extension++)
		if (!sieve_enabled(run, *extension))
			return sieve_fail(run, node->span, "'%s' needs \"%s\", which no ihave has found",
					  node->verb->name, (*extension)->capability);
	return SIEVE_OK;
}

void **sieve_slot(SieveRun *run, const SieveExtension *extension)
{
	SieveSlot *slot = run->slots;

	while (slot && slot->extension != extension)
		slot = slot->next;
	if (!slot) {
		slot = ARENA_NEW(run->arena, SieveSlot);
		slot->extension = extension;
		slot->next = run->slots;
		run->slots = slot;
	}
	return &slot->value;
}

const char *sieve_setting(const SieveRun *run, const char *name)
{
	const SieveSetup *setup = &run->main->unit->setup;

	return setup->setting ? setup->setting(setup->self, name) : NULL;
}

static const SieveItem *find_item(const SieveRun *run, size_t offset, Slice name)
{
	const SieveUnit *unit = run->main->unit;

	for (size_t i = 0; i < unit->extension_count; i++) {
		const SieveItem *item = *(const SieveItem *const *)((const char *)unit->extensions[i] +
								    offset);

		if (item && !sieve_enabled(run, unit->extensions[i]))
			continue;
		for (; item && item->name; item++)
			if (sieve_item_named(item, name))
				return item;
	}
	return NULL;
}

const SieveItem *sieve_envelope_part(const SieveRun *run, Slice name)
{
	return find_item(run, offsetof(SieveExtension, envelope), name);
}

const SieveItem *sieve_environment_item(const SieveRun *run, Slice name)
{
	return find_item(run, offsetof(SieveExtension, environment), name);
}

/* ---- walking ---- */

static __attribute__((noinline, cold)) SieveStatus trace_test(SieveRun *run, const SieveNode *test,
							      bool *result)
{
	SieveStatus status = test->verb->test(run, test, result);

	sieve_trace_node(run, test, status == SIEVE_OK && *result);
	return status;
}

SieveStatus sieve_run_test(SieveRun *run, const SieveNode *test, bool *result)
{
	if (test->missing) {
		SieveStatus status = check_missing(run, test);

		if (status != SIEVE_OK)
			return status;
	}
	if (run->trace)
		return trace_test(run, test, result);
	return test->verb->test(run, test, result);
}

static bool is_out_of_time(const SieveRun *run)
{
	return run->input->out_of_time && *run->input->out_of_time;
}

SieveStatus sieve_run_block(SieveRun *run, const SieveNode *first)
{
	for (const SieveNode *node = first; node; node = node->next) {
		SieveStatus status = node->missing ? check_missing(run, node) : SIEVE_OK;

		if (is_out_of_time(run))
			return sieve_fail(run, node->span,
					  "the script takes too much CPU time (limit: judge_cpu_s)");
		if (run->trace && !sieve_is_branch(node))
			sieve_trace_node(run, node, true);
		if (status == SIEVE_OK)
			status = node->verb->act(run, node);
		if (status != SIEVE_OK)
			return status;
	}
	return SIEVE_OK;
}

SieveStatus sieve_run_script(SieveRun *run, const SieveScript *script)
{
	SieveLoop base;
	SieveFrame frame = { .script = script, .outer = run->frame, .loop = sieve_loop_base(run, &base) };
	SieveStatus status;

	frame.depth = run->frame ? run->frame->depth + 1 : 0;
	run->frame = &frame;
	status = sieve_run_block(run, script->first);
	run->frame = frame.outer;
	sieve_frame_clear(&frame);
	return status == SIEVE_RETURN || status == SIEVE_BREAK ? SIEVE_OK : status;
}

/* ---- the end ---- */

static bool is_inbox(const Action *action)
{
	return action->kind == ACTION_KEEP ||
	       (action->kind == ACTION_FILEINTO && !action->special_use && !action->mailbox_id &&
		ascii_strings_equal_fold(action->folder, "INBOX"));
}

/* A copy that was filed into the inbox and the implicit keep are the same copy (RFC 5228, 2.10.3). */
static void join_implicit_keep(Plan *plan)
{
	for (size_t i = 0; plan->implicit_keep && i < plan->count; i++)
		if (is_inbox(&plan->actions[i])) {
			plan->actions[i].copy = false;
			plan->implicit_keep = false;
		}
}

/* A program that was only to be tried may fail, and then it is as if it had not been named. */
static bool may_be_kept_after_all(const Plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->actions[i].kind == ACTION_PIPE && plan->actions[i].is_optional)
			return true;
	return false;
}

void sieve_run_conclude(SieveRun *run)
{
	const SieveUnit *unit = run->main->unit;

	for (size_t i = 0; i < unit->extension_count; i++)
		if (unit->extensions[i]->finish && (run->main->required[i] || run->extensions_found))
			unit->extensions[i]->finish(run, run->plan);
	join_implicit_keep(run->plan);
	if (run->plan->implicit_keep || may_be_kept_after_all(run->plan))
		run->plan->implicit_image = sieve_current_image(run);
}

static void free_globals(SieveRun *run)
{
	for (uint32_t i = 0; run->globals && i < run->main->unit->globals.count; i++)
		text_clear(&run->globals[i]);
	free(run->globals);
}

void sieve_run(const SieveScript *script, const SieveInput *input, Plan *plan)
{
	SieveRun run = { .input = input,
			 .message = input->message,
			 .header = input->header,
			 .plan = plan,
			 .arena = plan->arena,
			 .main = script,
			 .trace = input->trace,
			 .arena_at_start = arena_used(plan->arena) };
	SieveStatus status = sieve_run_script(&run, script);

	if (status == SIEVE_OK || status == SIEVE_STOP)
		sieve_run_conclude(&run);
	free_globals(&run);
}

/* ---- a run within a run ---- */

static void hand_over_slots(SieveRun *from, SieveRun *to)
{
	for (const SieveSlot *slot = from->slots; slot; slot = slot->next)
		if (slot->extension->of_message)
			*sieve_slot(to, slot->extension) = slot->value;
}

void sieve_forget_message(SieveRun *run)
{
	for (SieveSlot *slot = run->slots; slot; slot = slot->next)
		if (slot->extension->of_message)
			slot->value = NULL;
}

static void hand_over(const SieveRun *from, SieveRun *to)
{
	to->message = from->message;
	to->header = from->header;
	to->image = from->image;
	to->redirect_image = from->redirect_image;
	to->edited = from->edited;
	to->enclosed = from->enclosed;
	to->edits = from->edits;
}

SieveStatus sieve_run_within(SieveRun *outer, const SieveScript *script)
{
	SieveRun run = { .input = outer->input,
			 .plan = outer->plan,
			 .arena = outer->arena,
			 .main = script,
			 .arena_at_start = arena_used(outer->arena),
			 .outer = outer };
	SieveStatus status;

	hand_over(outer, &run);
	hand_over_slots(outer, &run);
	status = sieve_run_script(&run, script);
	if (status == SIEVE_OK || status == SIEVE_STOP) {
		status = SIEVE_OK;
		sieve_run_conclude(&run);
		hand_over(&run, outer);
		hand_over_slots(&run, outer);
	}
	free_globals(&run);
	return status;
}
