#include "delivery/mime_module.h"

#include "system/module.h"

bool mime_module_open(const MimeModule **mime, Failure *why)
{
	const MimeModule *module = module_open("mime", MIME_MODULE_SYMBOL, why);

	if (!module)
		return false;
	if (module->version != MIME_MODULE_VERSION)
		return failure_retry(why, "the module 'mime' is of another version of trommel");
	*mime = module;
	return true;
}
