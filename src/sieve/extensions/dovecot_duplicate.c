/* dovecot_duplicate - the name that "duplicate" had before it was a standard
 * vnd.dovecot.duplicate */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"

static const char *const implies[] = { "duplicate", NULL };

const SieveExtension sieve_ext_dovecot_duplicate = {
	.capability = "vnd.dovecot.duplicate",
	.about = "the old name of duplicate",
	.document = "Dovecot",
	.instead = "duplicate",
	.implies = implies,
};
