/* testsuite - tests of rules, written in the language itself
 * vnd.dovecot.testsuite: a vocabulary that Sieve engines share; no RFC
 *
 * A file of tests is a script that compiles and runs others in its middle, over messages that it sets, and
 * looks at what they decided and at what comes of that.  It is no extension that rules may require: it is
 * there in `trommel test` alone, which plays the testbed (sieve/testbed.h). */
#include "sieve/extensions/testsuite.h"

#include "base/printable.h"
#include "base/utf8.h"
#include "sieve/extensions/testsuite_state.h"

void sieve_test_error(SieveTestErrors *errors, Slice place, const char *text)
{
	if (errors->count == errors->capacity) {
		size_t capacity = errors->capacity ? errors->capacity * 2 : 8;
		struct SieveTestError *items = arena_alloc(errors->arena, capacity * sizeof *items);

		if (errors->count)
			memcpy(items, errors->items, errors->count * sizeof *items);
		errors->items = items;
		errors->capacity = capacity;
	}
	errors->items[errors->count++] = (struct SieveTestError){
		.text = arena_copy_string(errors->arena, text),
		.place = arena_copy_bytes(errors->arena, place.data, place.length),
	};
}

Suite *suite_of(SieveRun *run)
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

SieveStatus suite_give_up(SieveRun *run, const SieveNode *node, const char *text)
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
	SHOWN_KEYS = 3,
	SHOWN_ERRORS = 10
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
	for (size_t i = 0; sieve_parameters(verb)[i].name; i++)
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

/* The errors of the script under test: they are what most people want to know next. */
static void append_errors(const SieveTestErrors *errors, Text *out)
{
	for (size_t i = 0; i < errors->count && i < SHOWN_ERRORS; i++)
		text_printf(out, "\n    %s%s", errors->items[i].place, errors->items[i].text);
	if (errors->count > SHOWN_ERRORS)
		text_printf(out, "\n    and %zu more", errors->count - SHOWN_ERRORS);
}

SieveStatus suite_fail(SieveRun *run, const SieveNode *node, Slice reason)
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
	if (suite->in_block) {
		append_compared(run, &suite->compared, &text);
		append_errors(&suite->errors, &text);
	}
	return suite_fail(run, node, text_slice(&text));
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

#define NAME(text) SIEVE_PARAMETERS({ .name = (text), .type = SIEVE_STRING })
#define KEYS       SIEVE_PARAMETERS({ .name = "keys", .type = SIEVE_STRING_LIST })
#define MATCHES    (SIEVE_TAKES_MATCH | SIEVE_MATCHES_OCTETS)

static const SieveVerb commands[] = {
	{ .name = "test",
	  .parameters = NAME("name"),
	  .takes = SIEVE_TAKES_BLOCK,
	  .check = check_test,
	  .act = run_test },
	{ .name = "test_binary_load", .parameters = NAME("name"), .act = suite_binary_load },
	{ .name = "test_binary_save", .parameters = NAME("name"), .act = suite_binary_save },
	{ .name = "test_config_reload", .act = suite_config_reload },
	{ .name = "test_config_set",
	  .parameters = SIEVE_PARAMETERS({ "name", SIEVE_STRING }, { "value", SIEVE_STRING }),
	  .act = suite_config_set },
	{ .name = "test_config_unset", .parameters = NAME("name"), .act = suite_config_unset },
	{ .name = "test_fail", .parameters = NAME("reason"), .act = test_fail },
	{ .name = "test_imap_metadata_set",
	  .parameters = SIEVE_PARAMETERS({ "annotation", SIEVE_STRING }, { "value", SIEVE_STRING }),
	  .act = suite_imap_metadata_set },
	{ .name = "test_mailbox_create", .parameters = NAME("mailbox"), .act = suite_mailbox_create },
	{ .name = "test_mailbox_delete", .parameters = NAME("mailbox"), .act = suite_mailbox_delete },
	{ .name = "test_message",
	  .parameters = SIEVE_PARAMETERS({ "index", SIEVE_NUMBER }),
	  .one_of = "place",
	  .act = suite_message },
	{ .name = "test_message_print", .act = suite_message_print },
	{ .name = "test_result_print", .act = suite_result_print },
	{ .name = "test_result_reset", .act = suite_result_reset },
	{ .name = "test_set",
	  .parameters = SIEVE_PARAMETERS({ .name = "object", .type = SIEVE_STRING, .constant = true },
					 { "value", SIEVE_STRING }),
	  .check = suite_check_set,
	  .act = suite_set },
	{ 0 },
};

static const SieveVerb tests[] = {
	{ .name = "test_error", .parameters = KEYS, .takes = MATCHES, .test = suite_error },
	{ .name = "test_message",
	  .parameters = SIEVE_PARAMETERS({ "index", SIEVE_NUMBER }),
	  .one_of = "place",
	  .test = suite_is_message },
	{ .name = "test_multiscript",
	  .parameters = SIEVE_PARAMETERS({ "scripts", SIEVE_STRING_LIST }),
	  .test = suite_multiscript },
	{ .name = "test_result_action", .parameters = KEYS, .takes = MATCHES, .test = suite_result_action },
	{ .name = "test_result_execute", .test = suite_result_execute },
	{ .name = "test_script_compile", .parameters = NAME("script"), .test = suite_script_compile },
	{ .name = "test_script_run", .test = suite_script_run },
	{ 0 },
};

static const SieveTag tags[] = {
	{ .name = "append_result", .of = "test_script_run" },
	{ .name = "extension", .of = "test_config_reload", .value = SIEVE_STRING },
	{ .name = "folder",
	  .of = "test_message",
	  .value = SIEVE_STRING,
	  .group = "place",
	  .check = suite_check_folder },
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
