/* dovecot_environment - whose delivery this is, what the site lets scripts know, and all items as variables
 * spec-bosch-sieve-dovecot-environment, sections 3 and 4
 *
 * "vnd.dovecot.config.KEY" is what the setting "environment" says of KEY, and of nothing else: what else is
 * configured is no script's business.  "${env.ITEM}" has "_" where the item has "-"; an item that is not
 * known, or has no value, is empty. */
#include "sieve/extensions/list.h"

#include "base/ascii.h"
#include "sieve/extension.h"

#define CONFIG "vnd.dovecot.config."

/* ---- items ---- */

static SieveStatus get_default_mailbox(SieveRun *run, Slice name, Slice *value)
{
	(void)name;
	*value = slice_of(run->input->default_folder ? run->input->default_folder : "INBOX");
	return SIEVE_OK;
}

static SieveStatus get_username(SieveRun *run, Slice name, Slice *value)
{
	const Envelope *envelope = run->input->envelope;

	(void)name;
	*value = envelope && envelope->user ? slice_of(envelope->user) : (Slice){ 0 };
	return SIEVE_OK;
}

/* Letter by letter, "-" and "_" the same, so that every key has a variable. */
static bool same_key(Slice a, Slice b)
{
	if (a.length != b.length)
		return false;
	for (size_t i = 0; i < a.length; i++) {
		char left = a.data[i] == '-' ? '_' : ascii_lower(a.data[i]);
		char right = b.data[i] == '-' ? '_' : ascii_lower(b.data[i]);

		if (left != right)
			return false;
	}
	return true;
}

/* The value of `key` in "key = value; key = value"; NULL data when it is not there. */
static Slice find_setting(Slice list, Slice key)
{
	while (list.length) {
		const char *end = memchr(list.data, ';', list.length);
		Slice one = slice(list.data, end ? (size_t)(end - list.data) : list.length);
		const char *equals = memchr(one.data, '=', one.length);

		if (equals && same_key(ascii_trim(slice(one.data, (size_t)(equals - one.data))), key))
			return ascii_trim(slice_from(one, (size_t)(equals - one.data) + 1));
		list = slice_from(list, one.length + 1);
	}
	return (Slice){ 0 };
}

static SieveStatus get_config(SieveRun *run, Slice name, Slice *value)
{
	const char *setting = sieve_setting(run, "environment");

	*value = find_setting(slice_of(setting ? setting : ""), slice_from(name, strlen(CONFIG)));
	return SIEVE_OK;
}

static const SieveItem items[] = {
	{ .name = CONFIG "*", .get = get_config },
	{ .name = "vnd.dovecot.default-mailbox", .get = get_default_mailbox },
	{ .name = "vnd.dovecot.username", .get = get_username },
	{ 0 },
};

/* ---- "${env.ITEM}" ---- */

static Slice with_hyphens(Slice name, Arena *arena)
{
	char *copy = arena_copy_bytes(arena, name.data, name.length);

	for (size_t i = 0; i < name.length; i++)
		if (copy[i] == '_')
			copy[i] = '-';
	return slice(copy, name.length);
}

static bool check_variable(SieveCheck *check, Slice rest, SieveSpan span, bool to_be_set, SievePiece *piece)
{
	(void)piece;
	if (to_be_set)
		return sieve_check_error(check, span, NULL, "variables of 'env' cannot be set");
	if (!sieve_check_environment_item(check, rest, NULL) &&
	    !sieve_check_environment_item(check, with_hyphens(rest, sieve_check_arena(check)), NULL))
		sieve_check_warn(check, "always-empty", span, NULL,
				 "unknown item '%.*s' of the environment, so the variable is always empty",
				 (int)rest.length, rest.data);
	return true;
}

static SieveStatus get_variable(SieveRun *run, Slice rest, Slice *value)
{
	Slice name = with_hyphens(rest, run->arena);
	const SieveItem *item = sieve_environment_item(run, name);
	SieveStatus status = SIEVE_OK;

	*value = (Slice){ 0 };
	if (!item)
		item = sieve_environment_item(run, name = rest);
	if (item)
		status = item->get(run, name, value);
	if (!value->data)
		*value = SLICE("");
	return status;
}

const SieveExtension sieve_ext_dovecot_environment = {
	.capability = "vnd.dovecot.environment",
	.about = "more items of the environment, and all of them as variables ${env.ITEM}",
	.document = "spec-bosch-sieve-dovecot-environment",
	.namespaces =
		(const SieveNamespace[]){
			{ .name = "env", .check = check_variable, .get = get_variable },
			{ 0 },
		},
	.environment = items,
	.implies = (const char *const[]){ "environment", NULL },
};
