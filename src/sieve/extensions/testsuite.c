/* testsuite - tests of rules, written in the language itself
 * vnd.dovecot.testsuite: a vocabulary that Sieve engines share; no RFC
 *
 * A file of tests is a script that compiles and runs others in its middle, over messages that it sets, and
 * looks at what they decided and at what comes of that.  It is no extension that rules may require: it is
 * there in `trommel test` alone, which plays the testbed (sieve/testbed.h). */
#include "sieve/extensions/testsuite.h"

#include "base/printable.h"
#include "base/utf8.h"
#include "sieve/edit.h"
#include "sieve/match.h"
#include "sieve/script.h"
#include "sieve/testbed.h"

/* A compiled script under a name. */
typedef struct Saved {
	Slice name;
	const SieveScript *script;
	struct Saved *next;
} Saved;

/* What one file of tests has, from its beginning to its end. */
typedef struct Suite {
	const SieveTestbed *bed;
	SieveTestErrors errors;
	const SieveScript *script; /* the one under test; NULL: none yet */
	Saved *saved;
	bool in_block;
	bool failing;        /* the open block has failed and is being left */
	bool script_failing; /* the script under test, which is a test itself, has failed */
	SieveCompared compared;
} Suite;

void sieve_test_error(SieveTestErrors *errors, const char *text)
{
	if (errors->count == errors->capacity) {
		size_t capacity = errors->capacity ? errors->capacity * 2 : 8;
		const char **items = arena_alloc(errors->arena, capacity * sizeof *items);

		if (errors->count)
			memcpy(items, errors->items, errors->count * sizeof *items);
		errors->items = items;
		errors->capacity = capacity;
	}
	errors->items[errors->count++] = arena_copy_string(errors->arena, text);
}

/* That of the file, whichever script runs. */
static Suite *suite_of(SieveRun *run)
{
	void **slot;

	while (run->outer)
		run = run->outer;
	slot = sieve_slot(run, &sieve_ext_testsuite);
	if (!*slot) {
		Suite *suite = ARENA_NEW(run->arena, Suite);

		suite->bed = run->input->testbed;
		suite->errors.arena = run->arena;
		run->compared = &suite->compared;
		*slot = suite;
	}
	return *slot;
}

/* The file is over: something in it makes no sense. */
static SieveStatus give_up(SieveRun *run, const SieveNode *node, const char *text)
{
	return sieve_fail(run, node->span, "%s: %s", node->verb->name, text);
}

/* ---- blocks ---- */

/* What is dead is not looked at. */
static void check_test(SieveCheck *check, SieveNode *node)
{
	if (sieve_check_depth(check) && !sieve_check_is_dead(check))
		sieve_check_error(check, node->span, NULL, "'test' stands in no other block");
}

static SieveStatus run_test(SieveRun *run, const SieveNode *node)
{
	Suite *suite = suite_of(run);
	Slice name;
	SieveStatus status = sieve_expand(run, sieve_string(node, 0), &name);

	if (status != SIEVE_OK)
		return status;
	suite->bed->begin(suite->bed->self, name, node->span.line);
	suite->in_block = true;
	suite->compared.node = NULL;
	status = sieve_run_block(run, node->block);
	if (suite->failing)
		status = SIEVE_OK;
	else if (status == SIEVE_OK)
		suite->bed->end(suite->bed->self);
	suite->in_block = suite->failing = false;
	return status;
}

enum {
	SHOWN_BYTES = 100, /* of a value or key */
	SHOWN_KEYS = 3
};

static void append_quoted(Text *out, size_t place, Slice value, size_t length)
{
	text_append_string(out, place ? ", \"" : "\"");
	printable_append(out, value, SHOWN_BYTES);
	text_append_string(out, length > value.length ? "...\"" : "\"");
}

static void append_strings(SieveRun *run, const SieveStrings *strings, Text *out)
{
	for (size_t i = 0; i < strings->count && i < SHOWN_KEYS; i++) {
		Slice value;

		if (sieve_expand(run, &strings->items[i], &value) == SIEVE_OK)
			append_quoted(out, i, value, value.length);
	}
	if (strings->count > SHOWN_KEYS)
		text_append_string(out, ", ...");
}

/* `header "subject"`: the test and what it looks at. */
static void append_test(SieveRun *run, const SieveCompared *it, Text *out)
{
	const SieveVerb *verb = it->node->verb;

	text_append_string(out, verb->name);
	for (size_t i = 0; verb->parameters[i].name; i++)
		if (it->node->arguments[i].type >= SIEVE_STRING && sieve_strings(it->node, i) != it->keys) {
			text_append_char(out, ' ');
			append_strings(run, sieve_strings(it->node, i), out);
		}
}

/* What the last comparison had before it: nearly always the one that a failure is about. */
static void append_compared(SieveRun *run, const SieveCompared *it, Text *out)
{
	const SieveMatching *how = it->node ? it->node->matching : NULL;

	if (!how)
		return;
	text_append_string(out, "\n    ");
	append_test(run, it, out);
	text_append_string(out, it->count ? " is " : " has no value");
	for (size_t i = 0; i < it->count && i < sizeof it->values / sizeof *it->values; i++) {
		const struct SieveComparedValue *value = &it->values[i];
		size_t shown = value->length < sizeof value->text ? value->length : sizeof value->text;

		append_quoted(out, i, slice(value->text, shown), value->length);
	}
	text_printf(out, ", asked for is :%s ", how->type->name);
	if (how->argument.type == SIEVE_STRING) {
		append_strings(run, &how->argument.strings, out);
		text_append_char(out, ' ');
	}
	append_strings(run, it->keys, out);
}

/* Leaves the block, or the script under test, as "stop" would leave it. */
static SieveStatus fail_here(SieveRun *run, const SieveNode *node, Slice reason)
{
	Suite *suite = suite_of(run);

	if (run->outer) {
		suite->script_failing = true;
		return SIEVE_STOP;
	}
	if (!suite->in_block)
		return sieve_fail(run, node->span, "%.*s", (int)utf8_cut(reason, 400).length, reason.data);
	suite->bed->fail(suite->bed->self, reason, node->span.line);
	suite->failing = true;
	return SIEVE_STOP;
}

static SieveStatus test_fail(SieveRun *run, const SieveNode *node)
{
	Suite *suite = suite_of(run);
	AUTO_VALUE(Text) text = { 0 };
	Slice reason;
	SieveStatus status = sieve_expand(run, sieve_string(node, 0), &reason);

	if (status != SIEVE_OK)
		return status;
	text_append_slice(&text, reason);
	if (suite->in_block)
		append_compared(run, &suite->compared, &text);
	return fail_here(run, node, text_slice(&text));
}

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

static void change_message(SieveRun *run)
{
	for (; run; run = run->outer) {
		forget_edits(run);
		sieve_forget_message(run);
	}
}

static void empty_result(SieveRun *run)
{
	plan_clear(run->plan);
	run->idle = NULL;
	change_message(run);
}

static SieveStatus test_result_reset(SieveRun *run, const SieveNode *node)
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
	plan->keep_carried_out |= plan->implicit_keep;
	return good;
}

static SieveStatus test_result_execute(SieveRun *run, const SieveNode *node, bool *result)
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

/* What was decided and, for a reason, comes to nothing: a result has it all the same. */
static SieveStatus offer_idle(SieveMatch *match, const SieveNode *node, size_t place, const SieveIdle *idle)
{
	size_t count = 0;
	SieveStatus status = SIEVE_OK;

	for (const SieveIdle *it = idle; it; it = it->next)
		count++;
	/* The last one stands first. */
	for (const SieveIdle *it = idle; it && sieve_match_open(match, status); it = it->next)
		if (name_of(it->action.kind))
			status = offer(match, node, place + count--, name_of(it->action.kind));
	return status;
}

static SieveStatus test_result_action(SieveRun *run, const SieveNode *node, bool *result)
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
		status = offer_idle(&match, node, place, run->idle);
	return sieve_match_end(&match, status, result);
}

static SieveStatus test_result_print(SieveRun *run, const SieveNode *node)
{
	const SieveTestbed *bed = suite_of(run)->bed;
	AUTO_VALUE(Text) text = { 0 };

	(void)node;
	plan_print(run->plan, &text);
	bed->show(bed->self, text_slice(&text));
	return SIEVE_OK;
}

static SieveStatus test_message_print(SieveRun *run, const SieveNode *node)
{
	const SieveTestbed *bed = suite_of(run)->bed;
	enum {
		SHOWN = 64 * 1024
	};
	char *bytes = arena_alloc(run->arena, SHOWN);
	Failure why = { 0 };
	size_t got = 0;

	(void)node;
	if (!message_read(run->message, 0, bytes, SHOWN, &got, &why))
		return sieve_later(run, &why);
	bed->show(bed->self, slice(bytes, got));
	return SIEVE_OK;
}

/* ---- scripts ---- */

static SieveStatus test_script_compile(SieveRun *run, const SieveNode *node, bool *result)
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

/* The text behind "file:line:column: ". */
static const char *without_place(const char *error)
{
	for (const char *at = strchr(error, ':'); at; at = strchr(at + 1, ':')) {
		size_t line = strspn(at + 1, "0123456789");
		size_t column = line && at[1 + line] == ':' ? strspn(at + line + 2, "0123456789") : 0;

		if (column && memcmp(at + line + 2 + column, ": ", 2) == 0)
			return at + line + column + 4;
	}
	return error;
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
	sieve_test_error(&suite->errors, without_place(run->plan->error));
	*run->plan = before;
	run->plan->implicit_keep = true;
	sieve_edit_forget(run);
	return false;
}

static SieveStatus test_script_run(SieveRun *run, const SieveNode *node, bool *result)
{
	Suite *suite = suite_of(run);

	if (!suite->script)
		return give_up(run, node, "no script has been compiled");
	if (run->outer)
		return give_up(run, node, "a script under test runs no other");
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
static SieveStatus test_multiscript(SieveRun *run, const SieveNode *node, bool *result)
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

static SieveStatus test_binary_save(SieveRun *run, const SieveNode *node)
{
	Suite *suite = suite_of(run);
	Saved *saved;
	Slice name;
	SieveStatus status = sieve_expand(run, sieve_string(node, 0), &name);

	if (status != SIEVE_OK)
		return status;
	if (!suite->script)
		return give_up(run, node, "no script has been compiled");
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

static SieveStatus test_binary_load(SieveRun *run, const SieveNode *node)
{
	Suite *suite = suite_of(run);
	const Saved *saved;
	Slice name;
	SieveStatus status = sieve_expand(run, sieve_string(node, 0), &name);

	if (status != SIEVE_OK)
		return status;
	saved = find_saved(suite, name);
	if (!saved)
		return give_up(run, node, "nothing was saved under this name");
	suite->script = saved->script;
	return SIEVE_OK;
}

static SieveStatus test_error(SieveRun *run, const SieveNode *node, bool *result)
{
	const SieveTestErrors *errors = &suite_of(run)->errors;
	SieveStatus status = SIEVE_OK;
	SieveMatch match;

	*result = false;
	sieve_match_begin(&match, run, node, sieve_strings(node, 0));
	for (size_t i = 0; i < errors->count && sieve_match_open(&match, status); i++)
		status = offer(&match, node, i + 1, errors->items[i]);
	return sieve_match_end(&match, status, result);
}

/* ---- messages ---- */

static const struct {
	const char *name;
	SieveTestObject object;
} objects[] = {
	{ "message", SIEVE_TEST_MESSAGE },    { "envelope.from", SIEVE_TEST_FROM },
	{ "envelope.to", SIEVE_TEST_TO },     { "envelope.orig_to", SIEVE_TEST_ORIGINAL_TO },
	{ "envelope.auth", SIEVE_TEST_AUTH },
};

enum {
	OBJECTS = sizeof objects / sizeof *objects
};

static void check_set(SieveCheck *check, SieveNode *node)
{
	const SieveString *object = sieve_string(node, 0);
	const char *names[OBJECTS + 1] = { NULL };

	for (size_t i = 0; i < OBJECTS; i++) {
		names[i] = objects[i].name;
		if (slice_equal(object->text, slice_of(names[i]))) {
			node->data = (void *)(size_t)&objects[i].object;
			return;
		}
	}
	sieve_check_error(check, object->span, sieve_check_suggest(check, object->text, names),
			  "there is nothing to set that is called '%.*s'",
			  (int)utf8_cut(object->text, 64).length, object->text.data);
}

static SieveStatus test_set(SieveRun *run, const SieveNode *node)
{
	const SieveTestbed *bed = suite_of(run)->bed;
	SieveTestObject object = *(const SieveTestObject *)node->data;
	Slice value;
	SieveStatus status = sieve_expand(run, sieve_string(node, 1), &value);

	if (status != SIEVE_OK)
		return status;
	bed->set(bed->self, object, value);
	if (object == SIEVE_TEST_MESSAGE)
		change_message(run);
	return SIEVE_OK;
}

static void check_folder(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	const SieveString *name = use->value.strings.items;

	(void)node;
	if (sieve_is_constant(name) && !utf8_valid(name->text))
		sieve_check_error(check, name->span, NULL, "the name of a folder is UTF-8");
}

static SieveStatus take(SieveRun *run, const SieveNode *node, bool *found)
{
	const SieveTestbed *bed = suite_of(run)->bed;
	const SieveTagUse *folder = sieve_tag(node, "folder");
	const Message *before = run->input->message;
	SieveStatus status = SIEVE_OK;
	Failure why = { 0 };
	Slice name;

	if (folder)
		status = sieve_expand(run, folder->value.strings.items, &name);
	if (status != SIEVE_OK)
		return status;
	if (folder && !utf8_valid(name))
		return fail_here(run, node, SLICE("the name of a folder is UTF-8"));
	if (!folder)
		*found = bed->take_sent(bed->self, sieve_number(node, 0));
	else
		*found = bed->take_stored(bed->self, name, sieve_number(node, 0), &why);
	if (why.kind != FAILURE_NONE)
		return sieve_later(run, &why);
	if (run->input->message != before)
		change_message(run);
	return SIEVE_OK;
}

static SieveStatus is_message(SieveRun *run, const SieveNode *node, bool *result)
{
	return take(run, node, result);
}

static SieveStatus test_message(SieveRun *run, const SieveNode *node)
{
	bool found = false;
	SieveStatus status = take(run, node, &found);

	if (status != SIEVE_OK || found)
		return status;
	return fail_here(run, node,
			 slice_of(arena_printf(run->arena, "there is no %s message %llu",
					       sieve_tag(node, "smtp") ? "sent" : "stored",
					       (unsigned long long)sieve_number(node, 0))));
}

/* ---- the mail-store ---- */

static SieveStatus test_mailbox_create(SieveRun *run, const SieveNode *node)
{
	const SieveTestbed *bed = suite_of(run)->bed;
	Failure why = { 0 };
	Slice name;
	SieveStatus status = sieve_expand(run, sieve_string(node, 0), &name);

	if (status != SIEVE_OK || bed->make_folder(bed->self, name, &why))
		return status;
	return fail_here(run, node, slice_of(why.text));
}

static SieveStatus test_mailbox_delete(SieveRun *run, const SieveNode *node)
{
	return fail_here(run, node, SLICE("folders are not deleted"));
}

static SieveStatus test_imap_metadata_set(SieveRun *run, const SieveNode *node)
{
	const SieveTestbed *bed = suite_of(run)->bed;
	const SieveTagUse *mailbox = sieve_tag(node, "mailbox");
	Slice folder = SLICE(""), annotation, value;
	Failure why = { 0 };
	SieveStatus status = sieve_expand(run, sieve_string(node, 0), &annotation);

	if (status == SIEVE_OK)
		status = sieve_expand(run, sieve_string(node, 1), &value);
	if (status == SIEVE_OK && mailbox)
		status = sieve_expand(run, mailbox->value.strings.items, &folder);
	if (status != SIEVE_OK || bed->annotate(bed->self, folder, annotation, value, &why))
		return status;
	return give_up(run, node, why.text);
}

/* ---- settings ---- */

static SieveStatus test_config_set(SieveRun *run, const SieveNode *node)
{
	const SieveTestbed *bed = suite_of(run)->bed;
	Slice name, value;
	SieveStatus status = sieve_expand(run, sieve_string(node, 0), &name);

	if (status == SIEVE_OK)
		status = sieve_expand(run, sieve_string(node, 1), &value);
	if (status == SIEVE_OK)
		bed->configure(bed->self, name, value);
	return status;
}

static SieveStatus test_config_unset(SieveRun *run, const SieveNode *node)
{
	const SieveTestbed *bed = suite_of(run)->bed;
	Slice name;
	SieveStatus status = sieve_expand(run, sieve_string(node, 0), &name);

	if (status == SIEVE_OK)
		bed->configure(bed->self, name, (Slice){ 0 });
	return status;
}

/* Scripts that are compiled already have it too. */
static void set_up_again(SieveRun *run, const SieveSetup *setup)
{
	const Suite *suite = suite_of(run);

	run->main->unit->setup = *setup;
	if (suite->script)
		suite->script->unit->setup = *setup;
	for (const Saved *saved = suite->saved; saved; saved = saved->next)
		saved->script->unit->setup = *setup;
}

static SieveStatus test_config_reload(SieveRun *run, const SieveNode *node)
{
	const SieveTestbed *bed = suite_of(run)->bed;
	const SieveTagUse *extension = sieve_tag(node, "extension");
	const SieveSetup *setup;
	Failure why = { 0 };
	Slice name;
	SieveStatus status = extension ? sieve_expand(run, extension->value.strings.items, &name) : SIEVE_OK;

	if (status != SIEVE_OK)
		return status;
	if (extension && sieve_extension_place(run->main->unit, name) < 0)
		return give_up(run, node, "there is no such extension");
	setup = bed->reload(bed->self, &why);
	if (!setup)
		return give_up(run, node, why.text);
	set_up_again(run, setup);
	return SIEVE_OK;
}

/* ---- ${tst.path} ---- */

static bool check_variable(SieveCheck *check, Slice rest, SieveSpan span, bool to_be_set, SievePiece *piece)
{
	(void)piece;
	if (to_be_set)
		return sieve_check_error(check, span, NULL, "'tst.%.*s' cannot be set",
					 (int)utf8_cut(rest, 64).length, rest.data);
	if (memchr(rest.data, '.', rest.length) || (rest.length && *rest.data >= '0' && *rest.data <= '9'))
		return sieve_check_error(check, span, NULL, "there is no variable 'tst.%.*s'",
					 (int)utf8_cut(rest, 64).length, rest.data);
	return true;
}

static SieveStatus get_variable(SieveRun *run, Slice rest, Slice *value)
{
	bool is_path = slice_equal(rest, SLICE("path"));

	*value = is_path ? slice_of(suite_of(run)->bed->directory) : SLICE("");
	return SIEVE_OK;
}

/* ---- the tables ---- */

#define NAME(text)                                        \
	{                                                 \
		{ .name = (text), .type = SIEVE_STRING }, \
	}
#define KEYS                                                   \
	{                                                      \
		{ .name = "keys", .type = SIEVE_STRING_LIST }, \
	}
#define MATCHES (SIEVE_TAKES_MATCH | SIEVE_MATCHES_OCTETS)

static const SieveVerb commands[] = {
	{ .name = "test",
	  .parameters = NAME("name"),
	  .takes = SIEVE_TAKES_BLOCK,
	  .check = check_test,
	  .act = run_test },
	{ .name = "test_binary_load", .parameters = NAME("name"), .act = test_binary_load },
	{ .name = "test_binary_save", .parameters = NAME("name"), .act = test_binary_save },
	{ .name = "test_config_reload", .act = test_config_reload },
	{ .name = "test_config_set",
	  .parameters = { { "name", SIEVE_STRING }, { "value", SIEVE_STRING } },
	  .act = test_config_set },
	{ .name = "test_config_unset", .parameters = NAME("name"), .act = test_config_unset },
	{ .name = "test_fail", .parameters = NAME("reason"), .act = test_fail },
	{ .name = "test_imap_metadata_set",
	  .parameters = { { "annotation", SIEVE_STRING }, { "value", SIEVE_STRING } },
	  .act = test_imap_metadata_set },
	{ .name = "test_mailbox_create", .parameters = NAME("mailbox"), .act = test_mailbox_create },
	{ .name = "test_mailbox_delete", .parameters = NAME("mailbox"), .act = test_mailbox_delete },
	{ .name = "test_message",
	  .parameters = { { "index", SIEVE_NUMBER } },
	  .one_of = "place",
	  .act = test_message },
	{ .name = "test_message_print", .act = test_message_print },
	{ .name = "test_result_print", .act = test_result_print },
	{ .name = "test_result_reset", .act = test_result_reset },
	{ .name = "test_set",
	  .parameters = { { .name = "object", .type = SIEVE_STRING, .constant = true },
			  { "value", SIEVE_STRING } },
	  .check = check_set,
	  .act = test_set },
	{ 0 },
};

static const SieveVerb tests[] = {
	{ .name = "test_error", .parameters = KEYS, .takes = MATCHES, .test = test_error },
	{ .name = "test_message",
	  .parameters = { { "index", SIEVE_NUMBER } },
	  .one_of = "place",
	  .test = is_message },
	{ .name = "test_multiscript",
	  .parameters = { { "scripts", SIEVE_STRING_LIST } },
	  .test = test_multiscript },
	{ .name = "test_result_action", .parameters = KEYS, .takes = MATCHES, .test = test_result_action },
	{ .name = "test_result_execute", .test = test_result_execute },
	{ .name = "test_script_compile", .parameters = NAME("script"), .test = test_script_compile },
	{ .name = "test_script_run", .test = test_script_run },
	{ 0 },
};

static const SieveTag tags[] = {
	{ .name = "append_result", .of = "test_script_run" },
	{ .name = "extension", .of = "test_config_reload", .value = SIEVE_STRING },
	{ .name = "folder",
	  .of = "test_message",
	  .value = SIEVE_STRING,
	  .group = "place",
	  .check = check_folder },
	{ .name = "index", .of = "test_error test_result_action", .value = SIEVE_NUMBER },
	{ .name = "mailbox", .of = "test_imap_metadata_set", .value = SIEVE_STRING },
	{ .name = "smtp", .of = "test_message", .group = "place" },
	{ 0 },
};

static const SieveNamespace namespaces[] = {
	{ .name = "tst", .check = check_variable, .get = get_variable },
	{ 0 },
};

const SieveExtension sieve_ext_testsuite = {
	.capability = "vnd.dovecot.testsuite",
	.commands = commands,
	.tests = tests,
	.tags = tags,
	.namespaces = namespaces,
};
