/* cyrus_redirect_multiple - "redirect" takes a list of addresses
 * vnd.cyrus.redirect-multiple; what it does is in core_actions.c */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"

const SieveExtension sieve_ext_cyrus_redirect_multiple = {
	.capability = "vnd.cyrus.redirect-multiple",
	.about = "redirect to several addresses at once",
	.document = "Cyrus",
};
