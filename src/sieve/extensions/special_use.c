/* special_use - folders by what they are for: "\Junk", "\Sent"
 * RFC 8579: the test "specialuse_exists", the tag ":specialuse" of fileinto, and of :fcc (RFC 8580)
 *
 * Of several folders with a use the world chooses, always the same one.  A use that is none is an error in a
 * constant, and at run time an error for fileinto and false for the test. */
#include "sieve/extensions/list.h"

#include "sieve/ask.h"
#include "sieve/extension.h"
#include "sieve/folders.h"

/* ---- specialuse_exists ---- */

static void check_use(SieveCheck *check, const SieveString *use)
{
	if (sieve_is_constant(use) && !sieve_special_use_valid(use->text))
		sieve_check_error(check, use->span, NULL,
				  "a special use is a word behind a '\\', as \"\\\\Junk\"");
}

static void check_test(SieveCheck *check, SieveNode *node)
{
	const SieveStrings *uses = sieve_strings(node, 1);

	for (size_t i = 0; i < uses->count; i++)
		check_use(check, &uses->items[i]);
}

/* All of them: by the folder that is named, or each by any folder (section 3). */
static SieveStatus specialuse_exists(SieveRun *run, const SieveNode *node, bool *result)
{
	const SieveString *mailbox = sieve_string(node, 0);
	const SieveStrings *uses = sieve_strings(node, 1);
	Slice folder = SLICE("");
	SieveStatus status = mailbox ? sieve_expand(run, mailbox, &folder) : SIEVE_OK;

	if (mailbox && !folder.length)
		folder = SLICE("INBOX");
	*result = true;
	for (size_t i = 0; i < uses->count && *result && status == SIEVE_OK; i++) {
		Slice use, name = { 0 };

		status = sieve_expand(run, &uses->items[i], &use);
		if (status == SIEVE_OK && sieve_special_use_valid(use))
			status = sieve_ask(run, uses->items[i].span, ASK_SPECIAL_USE, use, folder, &name);
		*result = name.data != NULL;
	}
	return status;
}

/* ---- :specialuse ---- */

static void check_tag(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	(void)node;
	check_use(check, use->value.strings.items);
}

static SieveStatus apply(SieveRun *run, const SieveTagUse *tag, Action *action)
{
	const SieveString *string = tag->value.strings.items;
	Slice use;
	SieveStatus status = sieve_expand(run, string, &use);

	if (status != SIEVE_OK)
		return status;
	if (!sieve_special_use_valid(use))
		return sieve_fail(run, string->span,
				  "a special use is a word behind a '\\', as \"\\\\Junk\"");
	action->special_use = arena_copy_bytes(run->arena, use.data, use.length);
	return SIEVE_OK;
}

const SieveExtension sieve_ext_special_use = {
	.capability = "special-use",
	.about = "find a folder by what it is for, as \\Junk, and file into it",
	.document = "RFC 8579",
	.tests =
		(const SieveVerb[]){
			{ .name = "specialuse_exists",
			  .parameters = SIEVE_PARAMETERS({ "mailbox", SIEVE_STRING, .optional = true },
							 { "special-use-attrs", SIEVE_STRING_LIST }),
			  .check = check_test,
			  .test = specialuse_exists },
			{ 0 },
		},
	.tags =
		(const SieveTag[]){
			{ .name = "specialuse",
			  .of = "fileinto",
			  .value = SIEVE_STRING,
			  .group = "rather",
			  .check = check_tag,
			  .apply = apply },
			{ .name = "specialuse",
			  .of = "vacation notify",
			  .value = SIEVE_STRING,
			  .group = "rather",
			  .needs = "fcc",
			  .check = check_tag,
			  .apply = apply },
			{ 0 },
		},
};
