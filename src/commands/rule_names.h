/* rule_names - the rules of a script, as people call them
 *
 * A rule is what stands at the top of a script and does something: an if, its elsifs and its else one each,
 * or a command alone.  Generators write its name in a comment in front of it: "# rule:[Name]" (Roundcube); an
 * object in base64 between BEGIN:HEADER and END:HEADER (RainLoop, SnappyMail); else the last line of the
 * comment is taken (Ingo, Nextcloud, people). */
#ifndef COMMANDS_RULE_NAMES_H
#define COMMANDS_RULE_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

typedef struct RuleName {
	uint32_t line; /* where it begins; it ends where the next begins */
	const char *name;
	const char *text; /* its first line */
} RuleName;

typedef struct RuleNames {
	RuleName *items;
	size_t count;
} RuleNames;

/* Those of a script that need not be without errors. */
RuleNames rule_names_read(Slice script, Arena *arena);

/* The one that a line belongs to, or NULL. */
const RuleName *rule_names_find(const RuleNames *rules, uint32_t line);

#endif
