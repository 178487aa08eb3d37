/* testsuite_result - tests of rules: scripts under test, what they decide, and the errors that they have */
#include "sieve/edit.h"
#include "sieve/extensions/testsuite_state.h"

/* ---- the result ---- */

/* The message is the one that arrived, or another: edits are gone, and what was decided and not yet carried
 * out is about the message that is there now. */
static void forget_edits(SieveRun *run)
{
	Plan *plan = run->plan;

	sieve_edit_forget(run);
	for (size_t i = 0; i < plan->count; i++)
		plan->actions[i].image = 0;
	plan->implicit_image = 0;
	plan->image_count = 0;
}

void suite_change_message(SieveRun *run)
{
	for (; run; run = run->outer) {
		forget_edits(run);
		sieve_forget_message(run);
	}
}

static void empty_result(SieveRun *run)
{
	plan_clear(run->plan);
	suite_change_message(run);
}

SieveStatus suite_result_reset(SieveRun *run, const SieveNode *node)
{
	const SieveTestbed *bed = suite_of(run)->bed;

	(void)node;
	empty_result(run);
	bed->forget_sent(bed->self);
	return SIEVE_OK;
}

/* The plan without what has been done. */
static Plan what_is_left(const Plan *plan)
{
	Plan left = *plan;

	left.actions = plan->actions + plan->carried_out;
	left.count -= plan->carried_out;
	left.implicit_keep = plan->implicit_keep && !plan->keep_carried_out;
	left.carried_out = 0;
	return left;
}

static bool carry_out(SieveRun *run, Suite *suite)
{
	Plan *plan = run->plan, left;
	bool good;

	sieve_run_conclude(run);
	left = what_is_left(plan);
	good = suite->bed->carry_out(suite->bed->self, &left, &suite->errors);
	plan->carried_out = plan->count;
	plan->idle = NULL;
	plan->keep_carried_out |= plan->implicit_keep;
	return good;
}

SieveStatus suite_result_execute(SieveRun *run, const SieveNode *node, bool *result)
{
	Suite *suite = suite_of(run);

	(void)node;
	suite->errors.count = 0;
	*result = carry_out(run, suite);
	return SIEVE_OK;
}

/* What tests call the actions; NULL for what is no action to them. */
static const char *name_of(ActionKind kind)
{
	switch (kind) {
	case ACTION_FILEINTO:
		return "store";
	case ACTION_REMEMBER:
		return NULL;
	default:
		return plan_action_name(kind);
	}
}

/* Offers one of several values; with :index only the one that it names. */
static SieveStatus offer(SieveMatch *match, const SieveNode *node, size_t place, const char *value)
{
	const SieveTagUse *index = sieve_tag(node, "index");

	if (index && index->value.number != place)
		return SIEVE_OK;
	return sieve_match_value(match, slice_of(value));
}

/* A calendar's command that planned nothing is only known so that it is not executed again. */
static const char *idle_name(const PlanIdle *idle)
{
	return idle->action.kind == ACTION_CALENDAR ? NULL : name_of(idle->action.kind);
}

/* What was decided and, for a reason, comes to nothing: a result has it all the same. */
static SieveStatus offer_idle(SieveMatch *match, const SieveNode *node, size_t place, const PlanIdle *idle)
{
	size_t count = 0;
	SieveStatus status = SIEVE_OK;

	for (const PlanIdle *it = idle; it; it = it->next)
		count += idle_name(it) != NULL;
	/* The last one stands first. */
	for (const PlanIdle *it = idle; it && sieve_match_open(match, status); it = it->next)
		if (idle_name(it))
			status = offer(match, node, place + count--, idle_name(it));
	return status;
}

SieveStatus suite_result_action(SieveRun *run, const SieveNode *node, bool *result)
{
	const Plan *plan = run->plan;
	SieveStatus status = SIEVE_OK;
	SieveMatch match;
	size_t place = 0;

	*result = false;
	sieve_match_begin(&match, run, node, sieve_strings(node, 0));
	for (size_t i = 0; i < plan->count && sieve_match_open(&match, status); i++) {
		const char *name = name_of(plan->actions[i].kind);

		if (name)
			status = offer(&match, node, ++place, name);
	}
	if (sieve_match_open(&match, status))
		status = offer_idle(&match, node, place, run->plan->idle);
	return sieve_match_end(&match, status, result);
}

SieveStatus suite_result_print(SieveRun *run, const SieveNode *node)
{
	const SieveTestbed *bed = suite_of(run)->bed;
	AUTO_VALUE(Text) text = { 0 };

	(void)node;
	plan_print(run->plan, &text);
	bed->show(bed->self, text_slice(&text));
	return SIEVE_OK;
}

/* ---- scripts ---- */

SieveStatus suite_script_compile(SieveRun *run, const SieveNode *node, bool *result)
{
	Suite *suite = suite_of(run);
	const SieveScript *script;
	Slice path;
	SieveStatus status = sieve_expand(run, sieve_string(node, 0), &path);

	if (status != SIEVE_OK)
		return status;
	suite->errors.count = 0;
	script = suite->bed->compile(suite->bed->self, path, &suite->errors);
	if (script)
		suite->script = script;
	*result = script != NULL;
	return SIEVE_OK;
}

/* How long the "file:line:column: " at its beginning is. */
static size_t place_length(const char *error)
{
	for (const char *at = strchr(error, ':'); at; at = strchr(at + 1, ':')) {
		size_t line = strspn(at + 1, "0123456789");
		size_t column = line && at[1 + line] == ':' ? strspn(at + line + 2, "0123456789") : 0;

		if (column && memcmp(at + line + 2 + column, ": ", 2) == 0)
			return (size_t)(at - error) + line + column + 4;
	}
	return 0;
}

static void add_error(SieveTestErrors *errors, const char *error)
{
	size_t length = place_length(error);

	sieve_test_error(errors, slice(error, length), error + length);
}

/* A copy, since what follows may change actions in place. */
static Plan remember(const Plan *plan)
{
	Plan copy = *plan;

	copy.actions = arena_alloc(plan->arena, (plan->capacity + 1) * sizeof *copy.actions);
	if (plan->count)
		memcpy(copy.actions, plan->actions, plan->count * sizeof *copy.actions);
	return copy;
}

/* Runs `script` into the result that there is.  Of one that fails nothing is left but the implicit keep. */
static bool run_script(SieveRun *run, Suite *suite, const SieveScript *script)
{
	const Plan before = remember(run->plan);
	SieveStatus status;

	suite->bed->start_clock(suite->bed->self);
	status = sieve_run_within(run, script);
	suite->bed->stop_clock(suite->bed->self);
	if (status == SIEVE_OK)
		return true;
	add_error(&suite->errors, run->plan->error);
	*run->plan = before;
	run->plan->implicit_keep = true;
	sieve_edit_forget(run);
	return false;
}

SieveStatus suite_script_run(SieveRun *run, const SieveNode *node, bool *result)
{
	Suite *suite = suite_of(run);

	if (!suite->script)
		return suite_give_up(run, node, "no script has been compiled");
	if (run->outer)
		return suite_give_up(run, node, "a script under test runs no other");
	suite->errors.count = 0;
	if (!sieve_tag(node, "append_result"))
		empty_result(run);
	suite->script_failing = false;
	*result = run_script(run, suite, suite->script) && !suite->script_failing;
	return SIEVE_OK;
}

/* Takes the explicit keeps out of the result: who comes next decides.  Were there any? */
static bool take_keeps(Plan *plan)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->count; i++)
		if (plan->actions[i].kind != ACTION_KEEP)
			plan->actions[count++] = plan->actions[i];
	if (count == plan->count)
		return false;
	plan->count = count;
	return true;
}

static SieveStatus run_one(SieveRun *run, Suite *suite, const SieveString *path, bool *good)
{
	const SieveScript *script;
	Slice name;
	SieveStatus status = sieve_expand(run, path, &name);

	if (status != SIEVE_OK)
		return status;
	run->plan->implicit_keep = true;
	script = suite->bed->compile(suite->bed->self, name, &suite->errors);
	*good = script && run_script(run, suite, script);
	return SIEVE_OK;
}

/* One script after the other, as long as the message is to be kept. */
SieveStatus suite_multiscript(SieveRun *run, const SieveNode *node, bool *result)
{
	const SieveStrings *paths = sieve_strings(node, 0);
	Suite *suite = suite_of(run);
	SieveStatus status = SIEVE_OK;

	suite->errors.count = 0;
	empty_result(run);
	*result = true;
	for (size_t i = 0; i < paths->count && *result; i++) {
		status = run_one(run, suite, &paths->items[i], result);
		if (status != SIEVE_OK)
			return status;
		if (take_keeps(run->plan))
			run->plan->implicit_keep = true;
		if (!run->plan->implicit_keep)
			break;
	}
	*result &= carry_out(run, suite);
	return SIEVE_OK;
}

static Saved *find_saved(const Suite *suite, Slice name)
{
	Saved *saved = suite->saved;

	while (saved && !slice_equal(saved->name, name))
		saved = saved->next;
	return saved;
}

SieveStatus suite_binary_save(SieveRun *run, const SieveNode *node)
{
	Suite *suite = suite_of(run);
	Saved *saved;
	Slice name;
	SieveStatus status = sieve_expand(run, sieve_string(node, 0), &name);

	if (status != SIEVE_OK)
		return status;
	if (!suite->script)
		return suite_give_up(run, node, "no script has been compiled");
	saved = find_saved(suite, name);
	if (!saved) {
		saved = ARENA_NEW(run->arena, Saved);
		saved->name = arena_copy_slice(run->arena, name);
		saved->next = suite->saved;
		suite->saved = saved;
	}
	saved->script = suite->script;
	return SIEVE_OK;
}

SieveStatus suite_binary_load(SieveRun *run, const SieveNode *node)
{
	Suite *suite = suite_of(run);
	const Saved *saved;
	Slice name;
	SieveStatus status = sieve_expand(run, sieve_string(node, 0), &name);

	if (status != SIEVE_OK)
		return status;
	saved = find_saved(suite, name);
	if (!saved)
		return suite_give_up(run, node, "nothing was saved under this name");
	suite->script = saved->script;
	return SIEVE_OK;
}

SieveStatus suite_error(SieveRun *run, const SieveNode *node, bool *result)
{
	const SieveTestErrors *errors = &suite_of(run)->errors;
	SieveStatus status = SIEVE_OK;
	SieveMatch match;

	*result = false;
	sieve_match_begin(&match, run, node, sieve_strings(node, 0));
	for (size_t i = 0; i < errors->count && sieve_match_open(&match, status); i++)
		status = offer(&match, node, i + 1, errors->items[i].text);
	return sieve_match_end(&match, status, result);
}
