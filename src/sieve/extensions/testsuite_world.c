/* testsuite_world - tests of rules: the message, the mail-store and the settings that scripts see */
#include "base/utf8.h"
#include "sieve/extensions/testsuite_state.h"

/* ---- messages ---- */

static const struct {
	const char *name;
	SieveTestObject object;
} objects[] = {
	{ "message", SIEVE_TEST_MESSAGE },          { "envelope.from", SIEVE_TEST_FROM },
	{ "envelope.to", SIEVE_TEST_TO },           { "envelope.orig_to", SIEVE_TEST_ORIGINAL_TO },
	{ "envelope.auth", SIEVE_TEST_AUTH },       { "envelope.notify", SIEVE_TEST_DSN_NOTIFY },
	{ "envelope.orcpt", SIEVE_TEST_DSN_ORCPT }, { "envelope.ret", SIEVE_TEST_DSN_RET },
	{ "envelope.envid", SIEVE_TEST_DSN_ENVID }, { "envelope.by", SIEVE_TEST_DELIVER_BY },
};

enum {
	OBJECTS = sizeof objects / sizeof *objects
};

void suite_check_set(SieveCheck *check, SieveNode *node)
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

SieveStatus suite_set(SieveRun *run, const SieveNode *node)
{
	const SieveTestbed *bed = suite_of(run)->bed;
	SieveTestObject object = *(const SieveTestObject *)node->data;
	Slice value;
	SieveStatus status = sieve_expand(run, sieve_string(node, 1), &value);

	if (status != SIEVE_OK)
		return status;
	bed->set(bed->self, object, value);
	if (object == SIEVE_TEST_MESSAGE)
		suite_change_message(run);
	return SIEVE_OK;
}

void suite_check_folder(SieveCheck *check, SieveNode *node, SieveTagUse *use)
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
		return suite_fail(run, node, SLICE("the name of a folder is UTF-8"));
	if (!folder)
		*found = bed->take_sent(bed->self, sieve_number(node, 0));
	else
		*found = bed->take_stored(bed->self, name, sieve_number(node, 0), &why);
	if (why.kind != FAILURE_NONE)
		return sieve_later(run, &why);
	if (run->input->message != before)
		suite_change_message(run);
	return SIEVE_OK;
}

SieveStatus suite_is_message(SieveRun *run, const SieveNode *node, bool *result)
{
	return take(run, node, result);
}

SieveStatus suite_message(SieveRun *run, const SieveNode *node)
{
	bool found = false;
	SieveStatus status = take(run, node, &found);

	if (status != SIEVE_OK || found)
		return status;
	return suite_fail(run, node,
			  slice_of(arena_printf(run->arena, "there is no %s message %llu",
						sieve_tag(node, "smtp") ? "sent" : "stored",
						(unsigned long long)sieve_number(node, 0))));
}

SieveStatus suite_message_print(SieveRun *run, const SieveNode *node)
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

/* ---- the mail-store ---- */

SieveStatus suite_mailbox_create(SieveRun *run, const SieveNode *node)
{
	const SieveTestbed *bed = suite_of(run)->bed;
	Failure why = { 0 };
	Slice name;
	SieveStatus status = sieve_expand(run, sieve_string(node, 0), &name);

	if (status != SIEVE_OK || bed->make_folder(bed->self, name, &why))
		return status;
	return suite_fail(run, node, slice_of(why.text));
}

SieveStatus suite_mailbox_delete(SieveRun *run, const SieveNode *node)
{
	return suite_fail(run, node, SLICE("folders are not deleted"));
}

SieveStatus suite_imap_metadata_set(SieveRun *run, const SieveNode *node)
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
	return suite_give_up(run, node, why.text);
}

/* ---- settings ---- */

SieveStatus suite_config_set(SieveRun *run, const SieveNode *node)
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

SieveStatus suite_config_unset(SieveRun *run, const SieveNode *node)
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

SieveStatus suite_config_reload(SieveRun *run, const SieveNode *node)
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
		return suite_give_up(run, node, "there is no such extension");
	setup = bed->reload(bed->self, &why);
	if (!setup)
		return suite_give_up(run, node, why.text);
	set_up_again(run, setup);
	return SIEVE_OK;
}
