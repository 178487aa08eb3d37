/* cyrus_implicit_keep_target - where the implicit keep goes
 * vnd.cyrus.implicit_keep_target: "implicit_keep_target" names a folder; the last one counts.  One that is
 * not there when the message is filed is replaced by the inbox, as any other. */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"

static void check_target(SieveCheck *check, SieveNode *node)
{
	const SieveString *folder = sieve_string(node, 0);

	if (sieve_is_constant(folder) && !plan_folder_valid(folder->text))
		sieve_check_error(check, folder->span, NULL, "no folder can have this name");
}

static SieveStatus implicit_keep_target(SieveRun *run, const SieveNode *node)
{
	const SieveString *string = sieve_string(node, 0);
	Slice folder;
	SieveStatus status = sieve_expand(run, string, &folder);

	if (status == SIEVE_OK && !plan_folder_valid(folder))
		status = sieve_fail(run, string->span, "no folder can have this name");
	if (status == SIEVE_OK)
		run->plan->implicit_folder = arena_copy_bytes(run->arena, folder.data, folder.length);
	return status;
}

static const SieveVerb commands[] = {
	{ .name = "implicit_keep_target",
	  .parameters = SIEVE_PARAMETERS({ "mailbox", SIEVE_STRING }),
	  .check = check_target,
	  .act = implicit_keep_target },
	{ 0 },
};

const SieveExtension sieve_ext_cyrus_implicit_keep_target = {
	.capability = "vnd.cyrus.implicit_keep_target",
	.about = "say where the implicit keep goes",
	.document = "Cyrus",
	.commands = commands,
};
