/* warn_variables - variables that are only set, or only read */
#include <string.h>

#include "sieve/warner.h"

/* Of the script's own only: what is global may be another script's. */
void sieve_warn_of_variables(SieveWarner *warner)
{
	const SieveScript *script = warner->script;

	for (uint32_t i = 0; i < script->symbols.count; i++) {
		const SieveLocal *it = &script->locals[i];
		Slice name = script->symbols.names[i];

		if (it->is_global)
			continue;
		if (it->set_at.line && !it->read_at.line)
			sieve_warn_at(warner, "variable", it->set_at, NULL,
				      "the variable '%.*s' is set and never used", (int)name.length,
				      name.data);
		else if (it->read_at.line && !it->set_at.line)
			sieve_warn_at(warner, "variable", it->read_at, NULL,
				      "the variable '%.*s' is never set, so it is always empty",
				      (int)name.length, name.data);
	}
}
