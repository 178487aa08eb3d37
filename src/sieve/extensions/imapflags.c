/* imapflags - flags as they were written before imap4flags: "mark" and "unmark" besides its commands
 * draft-melnikov-sieve-imapflags-03 */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"
#include "sieve/flags.h"

static SieveStatus mark(SieveRun *run, const SieveNode *node)
{
	(void)node;
	sieve_flags_add(run, SLICE("\\Flagged"));
	return SIEVE_OK;
}

static SieveStatus unmark(SieveRun *run, const SieveNode *node)
{
	(void)node;
	sieve_flags_remove(run, SLICE("\\Flagged"));
	return SIEVE_OK;
}

static const SieveVerb commands[] = {
	{ .name = "mark", .act = mark },
	{ .name = "unmark", .act = unmark },
	{ 0 },
};

static const char *const implies[] = { "imap4flags", NULL };

const SieveExtension sieve_ext_imapflags = {
	.capability = "imapflags",
	.about = "the old name of imap4flags",
	.document = "draft-melnikov-sieve-imapflags",
	.instead = "imap4flags",
	.commands = commands,
	.implies = implies,
};
