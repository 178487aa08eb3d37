/* mailboxid - folders by an id that stays when they are renamed
 * RFC 9042: the test "mailboxidexists", the tag ":mailboxid" of fileinto, and of :fcc (section 5)
 *
 * It excludes :specialuse.  What is no id is that of no folder, so the named folder is used. */
#include "sieve/extensions/list.h"

#include "sieve/ask.h"
#include "sieve/extension.h"
#include "sieve/folders.h"

/* True only if each is the id of a folder that can be delivered to. */
static SieveStatus mailboxidexists(SieveRun *run, const SieveNode *node, bool *result)
{
	const SieveStrings *ids = sieve_strings(node, 0);
	SieveStatus status = SIEVE_OK;

	*result = true;
	for (size_t i = 0; i < ids->count && *result && status == SIEVE_OK; i++) {
		Slice id, name = { 0 };

		status = sieve_expand(run, &ids->items[i], &id);
		if (status == SIEVE_OK && sieve_mailbox_id_valid(id))
			status = sieve_ask(run, ids->items[i].span, ASK_MAILBOX_ID, id, SLICE(""), &name);
		*result = name.data != NULL;
	}
	return status;
}

static SieveStatus apply(SieveRun *run, const SieveTagUse *tag, Action *action)
{
	Slice id;
	SieveStatus status = sieve_expand(run, tag->value.strings.items, &id);

	if (status == SIEVE_OK && sieve_mailbox_id_valid(id))
		action->mailbox_id = arena_copy_bytes(run->arena, id.data, id.length);
	return status;
}

const SieveExtension sieve_ext_mailboxid = {
	.capability = "mailboxid",
	.about = "find a folder by an id that stays when it is renamed, and file into it",
	.document = "RFC 9042",
	.tests =
		(const SieveVerb[]){
			{ .name = "mailboxidexists",
			  .parameters = SIEVE_PARAMETERS({ "mailbox-objectids", SIEVE_STRING_LIST }),
			  .test = mailboxidexists },
			{ 0 },
		},
	.tags =
		(const SieveTag[]){
			{ .name = "mailboxid",
			  .of = "fileinto",
			  .value = SIEVE_STRING,
			  .group = "rather",
			  .apply = apply },
			{ .name = "mailboxid",
			  .of = "vacation notify",
			  .value = SIEVE_STRING,
			  .group = "rather",
			  .needs = "fcc",
			  .apply = apply },
			{ 0 },
		},
};
