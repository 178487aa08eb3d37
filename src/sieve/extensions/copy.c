/* copy - ":copy" files or sends on and leaves the implicit keep alone
 * RFC 3894 */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"

static SieveStatus apply(SieveRun *run, const SieveTagUse *use, Action *action)
{
	(void)run;
	(void)use;
	action->copy = true;
	return SIEVE_OK;
}

static const SieveTag tags[] = {
	{ .name = "copy", .of = "fileinto pipe redirect", .apply = apply },
	{ 0 },
};

const SieveExtension sieve_ext_copy = { .capability = "copy",
					.about = "file or redirect and leave the implicit keep alone",
					.document = "RFC 3894",
					.tags = tags };
