#include "commands/tools.h"

#include "system/module.h"

const Tools *tools_open(Failure *why)
{
	const Tools *tools = module_open(TOOLS_MODULE, TOOLS_MODULE_SYMBOL, why);

	if (!tools || tools->version == TOOLS_MODULE_VERSION)
		return tools;
	failure_retry(why, "the module '%s' is of another version of trommel: install both again",
		      TOOLS_MODULE);
	return NULL;
}
