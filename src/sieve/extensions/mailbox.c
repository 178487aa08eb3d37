/* mailbox - ask whether a folder exists, and make it when filing into it
 * RFC 5490, section 3: the test "mailboxexists", the tag ":create" of fileinto */
#include "sieve/extensions/list.h"

#include "sieve/ask.h"
#include "sieve/extension.h"

/* What fileinto would not take for a name is that of no folder; of others the world knows which the user's
 * mail can have.  Only when it cannot say anything just now is the delivery for later. */
static SieveStatus folder_exists(SieveRun *run, SieveSpan span, Slice name, bool *exists)
{
	*exists = false;
	return plan_folder_valid(name) ? sieve_ask_whether(run, span, ASK_FOLDER, name, SLICE(""), exists)
				       : SIEVE_OK;
}

/* True only if every folder named can be delivered to, says section 3.1. */
static SieveStatus mailboxexists(SieveRun *run, const SieveNode *node, bool *result)
{
	const SieveStrings *names = sieve_strings(node, 0);
	SieveStatus status = SIEVE_OK;

	*result = true;
	for (size_t i = 0; i < names->count && *result && status == SIEVE_OK; i++) {
		Slice name;

		status = sieve_expand(run, &names->items[i], &name);
		if (status == SIEVE_OK)
			status = folder_exists(run, names->items[i].span, name, result);
	}
	return status;
}

static SieveStatus create(SieveRun *run, const SieveTagUse *use, Action *action)
{
	(void)run;
	(void)use;
	action->create = true;
	return SIEVE_OK;
}

const SieveExtension sieve_ext_mailbox = {
	.capability = "mailbox",
	.about = "ask for folders, and make them",
	.document = "RFC 5490, 3",
	.tests =
		(const SieveVerb[]){
			{
				.name = "mailboxexists",
				.parameters = SIEVE_PARAMETERS(
					{ .name = "mailbox-names", .type = SIEVE_STRING_LIST }),
				.test = mailboxexists,
			},
			{ 0 },
		},
	.tags =
		(const SieveTag[]){
			{ .name = "create", .of = "fileinto", .apply = create },
			{ .name = "create", .of = "vacation notify", .needs = "fcc", .apply = create },
			{ 0 },
		},
};
