/* fileinto - into a folder
 * RFC 5228, section 4.1
 *
 * A name that could lead out of the mail root is refused here already, with the line in the script;
 * delivery checks again. */
#include "sieve/extensions/list.h"

#include "base/utf8.h"
#include "sieve/extension.h"

enum {
	SHOWN = 100
};

static void check_fileinto(SieveCheck *check, SieveNode *node)
{
	const SieveString *folder = sieve_string(node, 0);

	if (sieve_is_constant(folder) && !plan_folder_valid(folder->text))
		sieve_check_error(
			check, folder->span,
			"no part of it may be empty, \".\" or \"..\", and nothing in it a control character",
			"'%.*s' cannot be the name of a folder", (int)utf8_cut(folder->text, SHOWN).length,
			folder->text.data);
}

static SieveStatus fileinto(SieveRun *run, const SieveNode *node)
{
	const SieveString *string = sieve_string(node, 0);
	Action action;
	Slice folder;
	SieveStatus status = sieve_expand(run, string, &folder);

	if (status != SIEVE_OK)
		return status;
	if (!sieve_is_constant(string) && !plan_folder_valid(folder))
		return sieve_fail(run, string->span, "'%.*s' cannot be the name of a folder",
				  (int)utf8_cut(folder, SHOWN).length, folder.data);
	status = sieve_action(run, node, ACTION_FILEINTO, &action);
	if (status != SIEVE_OK)
		return status;
	action.folder = arena_copy_bytes(run->arena, folder.data, folder.length);
	return sieve_act(run, node, &action);
}

static const SieveActionInfo info = {
	.about = "files the message into a folder",
	.document = "RFC 5228, 4.1",
	.interactions = "twice into one folder is one copy, with the flags of the last; not with reject",
	.cancels_keep = true,
	.with_imap_events = true,
};

static const SieveVerb commands[] = {
	{ .name = "fileinto",
	  .plans = 1u << ACTION_FILEINTO,
	  .action = &info,
	  .parameters = SIEVE_PARAMETERS({ "mailbox", SIEVE_STRING }),
	  .check = check_fileinto,
	  .act = fileinto },
	{ 0 },
};

const SieveExtension sieve_ext_fileinto = { .capability = "fileinto",
					    .about = "file into a folder",
					    .document = "RFC 5228, 4.1",
					    .commands = commands };
