/* ihave - ask whether an extension is there before it is used; "error" ends the run
 * RFC 5463
 *
 * A script that requires it may name things that nobody knows: that is an error only once they are
 * reached.  An extension that an ihave found may be used from there to the end of its script. */
#include "sieve/extensions/list.h"

#include "base/utf8.h"
#include "sieve/script.h"

static SieveStatus ihave(SieveRun *run, const SieveNode *node, bool *result)
{
	const SieveStrings *names = sieve_strings(node, 0);
	const SieveUnit *unit = run->main->unit;

	*result = false;
	for (size_t i = 0; i < names->count; i++) {
		int place = sieve_extension_place(unit, names->items[i].text);

		if (place < 0)
			return SIEVE_OK;
		/* Those that change how a script is read come too late, unless they are required. */
		if (unit->extensions[place]->no_ihave && !sieve_enabled(run, unit->extensions[place]))
			return SIEVE_OK;
	}
	for (size_t i = 0; i < names->count; i++)
		sieve_enable(run, (size_t)sieve_extension_place(unit, names->items[i].text));
	*result = true;
	return SIEVE_OK;
}

static SieveStatus error(SieveRun *run, const SieveNode *node)
{
	Slice text;
	SieveStatus status = sieve_expand(run, sieve_string(node, 0), &text);

	if (status != SIEVE_OK)
		return status;
	return sieve_fail(run, node->span, "error: %.*s", (int)utf8_cut(text, 400).length, text.data);
}

static const SieveVerb commands[] = {
	{ .name = "error", .parameters = SIEVE_PARAMETERS({ "message", SIEVE_STRING }), .act = error },
	{ 0 },
};

static const SieveVerb tests[] = {
	{ .name = "ihave",
	  .parameters = SIEVE_PARAMETERS({ "capabilities", SIEVE_STRING_LIST, .constant = true }),
	  .test = ihave },
	{ 0 },
};

const SieveExtension sieve_ext_ihave = {
	.capability = "ihave",
	.about = "ask which extensions there are",
	.document = "RFC 5463",
	.no_ihave = true,
	.defers = true,
	.commands = commands,
	.tests = tests,
};
