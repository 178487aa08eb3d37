#include "sieve/warnings.h"

#include <string.h>

#include "sieve/warner.h"

const SieveWarning sieve_warnings[SIEVE_WARNINGS] = {
	{ "always-empty", "a variable of a namespace that has no such item" },
	{ "always-false", "a test that no message can make true" },
	{ "compares-text", "a count that is compared letter by letter" },
	{ "discards-all", "every message is thrown away" },
	{ "header-name", "the name of a header field that looks mistyped" },
	{ "local-copy", "mail that is sent on or filed, and misses the inbox for some rules only" },
	{ "lost-backslash", "a back-slash in a pattern that the quotes take away" },
	{ "missing-folder", "a folder that is not there (with --mail)" },
	{ "no-effect", "a word that changes nothing" },
	{ "no-header", "a MIME entity without a header" },
	{ "old-name", "an extension under a name it had once" },
	{ "repeats-nothing", "a repetition in a pattern with nothing before it" },
	{ "setting", "a setting of the configuration that the script depends on, and is wrong" },
	{ "unreachable", "a rule that can never run" },
	{ "unused-extension", "an extension that is unknown, and not used" },
	{ "utf7-folder", "a folder in modified UTF-7, typed by hand" },
	{ "vacation-addresses", "an answer that knows one address of its user" },
	{ "variable", "a variable that is only set, or only read" },
};

void sieve_each_node(SieveWarner *warner, const SieveNode *node,
		     void (*visit)(SieveWarner *warner, const SieveNode *node))
{
	for (; node; node = node->next)
		for (const SieveNode *it = node; it; it = it->otherwise) {
			if (it->verb)
				visit(warner, it);
			sieve_each_node(warner, it->tests, visit);
			/* What is switched off is not looked at. */
			if (!it->tests || !sieve_is_verb(it->tests, "false"))
				sieve_each_node(warner, it->block, visit);
		}
}

bool sieve_find_warnings(SieveScript *script, const SieveWarnSetup *setup, SieveFindings *findings,
			 Failure *why)
{
	static void (*const passes[])(SieveWarner *) = {
		sieve_warn_of_reach,
		sieve_warn_of_lost_mail,
		sieve_warn_of_words,
		sieve_warn_of_variables,
	};
	const SieveUnit *unit = script->unit;
	SieveWarner warner = { .setup = setup, .findings = findings, .arena = unit->arena, .why = why };

	for (size_t i = 0; i < unit->script_count; i++) {
		warner.script = unit->scripts[i];
		if (warner.script->broken || warner.script->load != SIEVE_LOADED)
			continue;
		for (size_t j = 0; j < sizeof passes / sizeof *passes; j++)
			passes[j](&warner);
	}
	return why->kind == FAILURE_NONE;
}
