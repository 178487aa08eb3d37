/* imapsieve - what a script that an IMAP event started may ask: nothing started this one
 * RFC 6785, section 4
 *
 * Rules run here when mail is delivered, and that is no IMAP event.  So nobody acted ("imap.user" and
 * "imap.email" are the empty string) and no flag was changed (section 4.2, 4.5); there is no cause and no
 * mailbox that the message was in or appended to, and tests of those match nothing.  A script that serves for
 * both finds out in this way that it is a delivery. */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"

static SieveStatus get_empty(SieveRun *run, Slice name, Slice *value)
{
	(void)run;
	(void)name;
	*value = SLICE("");
	return SIEVE_OK;
}

static SieveStatus get_none(SieveRun *run, Slice name, Slice *value)
{
	(void)run;
	(void)name;
	*value = (Slice){ 0 };
	return SIEVE_OK;
}

static const SieveItem items[] = {
	{ .name = "imap.cause", .get = get_none },  { .name = "imap.changedflags", .get = get_empty },
	{ .name = "imap.email", .get = get_empty }, { .name = "imap.mailbox", .get = get_none },
	{ .name = "imap.user", .get = get_empty },  { 0 },
};

const SieveExtension sieve_ext_imapsieve = {
	.capability = "imapsieve",
	.about = "ask for the IMAP event that started the script; here there is none",
	.document = "RFC 6785",
	.environment = items,
};
