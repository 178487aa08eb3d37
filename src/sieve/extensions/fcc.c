/* fcc - ":fcc" files a copy of what a script sends
 * RFC 8580
 *
 * Where it goes is said as fileinto says it, and tags of other extensions may follow (":create", ":flags",
 * ":specialuse", ":mailboxid").  A copy has the flags that its ":flags" names and no others: the internal
 * variable holds those of the message that arrived.  What is not sent is not filed. */
#include "sieve/extensions/list.h"

#include "base/utf8.h"
#include "sieve/extension.h"

enum {
	SHOWN = 100
};

#define FOLDER_TEXT "'%.*s' cannot be the name of a folder"

static void check(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	const SieveString *folder = use->value.strings.items;

	(void)node;
	if (sieve_is_constant(folder) && !plan_folder_valid(folder->text))
		sieve_check_error(check, folder->span, NULL, FOLDER_TEXT,
				  (int)utf8_cut(folder->text, SHOWN).length, folder->text.data);
}

static SieveStatus apply(SieveRun *run, const SieveTagUse *use, Action *action)
{
	const SieveString *string = use->value.strings.items;
	Slice folder;
	SieveStatus status = sieve_expand(run, string, &folder);

	if (status != SIEVE_OK)
		return status;
	if (!plan_folder_valid(folder))
		return sieve_fail(run, string->span, FOLDER_TEXT, (int)utf8_cut(folder, SHOWN).length,
				  folder.data);
	action->folder = arena_copy_bytes(run->arena, folder.data, folder.length);
	return SIEVE_OK;
}

static const SieveTag tags[] = {
	{ .name = "fcc", .of = "vacation notify", .value = SIEVE_STRING, .check = check, .apply = apply },
	{ 0 },
};

const SieveExtension sieve_ext_fcc = {
	.capability = "fcc",
	.about = "file a copy of what vacation and notify send",
	.document = "RFC 8580",
	.tags = tags,
};
