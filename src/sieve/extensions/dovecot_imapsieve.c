/* dovecot_imapsieve - what Dovecot adds to imapsieve: from where and to where a message was moved
 * vnd.dovecot.imapsieve; nothing is moved when mail is delivered, so these match nothing */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"

static SieveStatus get_none(SieveRun *run, Slice name, Slice *value)
{
	(void)run;
	(void)name;
	*value = (Slice){ 0 };
	return SIEVE_OK;
}

static const SieveItem items[] = {
	{ .name = "vnd.dovecot.mailbox-from", .get = get_none },
	{ .name = "vnd.dovecot.mailbox-to", .get = get_none },
	{ 0 },
};

const SieveExtension sieve_ext_dovecot_imapsieve = {
	.capability = "vnd.dovecot.imapsieve",
	.about = "ask between which folders a message was moved; here it was not",
	.document = "Dovecot",
	.environment = items,
	.implies = (const char *const[]){ "environment", "imapsieve", NULL },
};
