/* lost_mail - rules that leave a message nowhere, against what the other rules show to be meant
 * RFC 5228, 2.10.2 (what cancels the implicit keep); RFC 3894 (":copy")
 *
 * To send all mail on and keep none is a plain wish.  To send it on and go on to rules that file some of it
 * is not: what no such rule takes is kept nowhere.  A "keep" in one of them says that somebody knew. */
#include <string.h>

#include "sieve/warner.h"

/* Is a message that comes here still filed by the rules? */
typedef enum Stored {
	NONE,
	SOME,
	ALL
} Stored;

typedef struct Rest {
	Stored stored;
	bool by_keep; /* there is a "keep" on some way */
} Rest;

static Rest rest_of(SieveWarner *warner, const SieveNode *first, Rest after);

static Rest either(Rest a, Rest b)
{
	return (Rest){ a.stored == b.stored ? a.stored : SOME, a.by_keep || b.by_keep };
}

static Rest rest_of_chain(SieveWarner *warner, const SieveNode *first, Rest after)
{
	Rest rest = { 0 };
	bool has_else = false;

	for (const SieveNode *it = first; it; it = it->otherwise) {
		Rest branch = rest_of(warner, it->block, after);

		rest = it == first ? branch : either(rest, branch);
		has_else |= !it->tests;
	}
	return has_else ? rest : either(rest, after);
}

/* What happens to a message at a command, given what happens behind it.  What is not known here may do
 * anything: no warning. */
static Rest rest_at(SieveWarner *warner, const SieveNode *node, Rest after)
{
	static const char *const plain[] = { "discard", "redirect",  "reject",       "ereject", "vacation",
					     "notify",  "set",       "addflag",      "setflag", "removeflag",
					     "require", "addheader", "deleteheader", "mark",    "unmark",
					     "global",  "debug_log" };

	if (sieve_is_verb(node, "if"))
		return rest_of_chain(warner, node, after);
	if (sieve_is_verb(node, "fileinto"))
		return (Rest){ ALL, after.by_keep };
	if (sieve_is_verb(node, "keep"))
		return (Rest){ ALL, true };
	if (sieve_is_verb(node, "stop"))
		return (Rest){ NONE, false };
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (sieve_is_verb(node, plain[i]))
			return after;
	return (Rest){ ALL, true };
}

/* The commands of a list, from the last to the first. */
static const SieveNode **backwards(SieveWarner *warner, const SieveNode *first, size_t *count)
{
	const SieveNode **nodes;
	size_t left = 0;

	for (const SieveNode *it = first; it; it = it->next)
		left++;
	*count = left;
	nodes = arena_alloc(warner->arena, (left + 1) * sizeof(const SieveNode *));
	for (const SieveNode *it = first; it; it = it->next)
		nodes[--left] = it;
	return nodes;
}

static Rest rest_of(SieveWarner *warner, const SieveNode *first, Rest after)
{
	size_t count;
	const SieveNode **nodes = backwards(warner, first, &count);

	for (size_t i = 0; i < count; i++)
		after = rest_at(warner, nodes[i], after);
	return after;
}

/* ---- local-copy ---- */

static void tell_lost(SieveWarner *warner, const SieveNode *node)
{
	bool sent = sieve_is_verb(node, "redirect");

	sieve_warn_at(warner, "local-copy", node->span, "add ':copy' to keep it as well",
		      sent ? "what no rule below files is sent on and kept nowhere: '%s' cancels the keep"
			   : "what comes here is not in the inbox, whichever rule below takes it: '%s' "
			     "cancels the keep",
		      node->verb->name);
}

/* How many commands stand in front of the first "if". */
static size_t count_before_rules(const SieveNode *node)
{
	size_t count = 0;

	for (; node && !sieve_is_verb(node, "if"); node = node->next)
		count++;
	return count;
}

/* A whole list of commands is gone through by every message that enters it.  `after`: what follows behind it;
 * `is_all`: every message comes here. */
static void look_through(SieveWarner *warner, const SieveNode *first, Rest after, bool is_all)
{
	size_t count, before_rules = count_before_rules(first);
	const SieveNode **nodes = backwards(warner, first, &count);
	Rest own = { NONE, false };

	for (size_t i = 0; i < count; i++) {
		const SieveNode *node = nodes[i];
		/* Whoever files at the end what rules above may have filed already means "as well". */
		bool takes = sieve_is_verb(node, "redirect") ||
			     (is_all && sieve_is_verb(node, "fileinto") && count - 1 - i < before_rules);

		if (takes && !sieve_tag(node, "copy") && own.stored == SOME && after.stored == SOME &&
		    !after.by_keep)
			tell_lost(warner, node);
		if (sieve_is_verb(node, "if"))
			for (const SieveNode *it = node; it; it = it->otherwise)
				look_through(warner, it->block, after, false);
		after = rest_at(warner, node, after);
		own = rest_at(warner, node, own);
	}
}

/* ---- discards-all ---- */

typedef struct Discards {
	const SieveNode *first; /* for every message */
	bool acts;              /* something else than throwing away is done, or may be */
} Discards;

static void note_discards(const SieveNode *node, bool is_all, Discards *it)
{
	static const char *const idle[] = { "require", "set", "stop", "global", "discard" };

	for (; node; node = node->next) {
		bool known = false;

		if (is_all && !it->first && sieve_is_verb(node, "discard"))
			it->first = node;
		for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
			known |= sieve_is_verb(node, idle[i]);
		if (sieve_is_verb(node, "if")) {
			known = true;
			for (const SieveNode *branch = node; branch; branch = branch->otherwise) {
				bool always = is_all && branch->tests && sieve_is_verb(branch->tests, "true");

				/* What is switched off does nothing. */
				if (!branch->tests || !sieve_is_verb(branch->tests, "false"))
					note_discards(branch->block, always, it);
			}
		}
		it->acts |= !known;
	}
}

static bool has_stop_before(const SieveNode *first, const SieveNode *end)
{
	for (; first && first != end; first = first->next)
		for (const SieveNode *it = first; it; it = it->otherwise)
			if (sieve_is_verb(it, "stop") || has_stop_before(it->block, NULL))
				return true;
	return false;
}

/* An included script's discard is another script's affair. */
static void warn_of_discard(SieveWarner *warner)
{
	Discards it = { 0 };

	if (warner->script->index > 0)
		return;
	note_discards(warner->script->first, true, &it);
	if (it.first && !it.acts && !has_stop_before(warner->script->first, it.first))
		sieve_warn_at(warner, "discards-all", it.first->span, NULL,
			      "every message is thrown away: no test stands before this 'discard', and "
			      "nothing else is "
			      "done with them");
}

void sieve_warn_of_lost_mail(SieveWarner *warner)
{
	bool is_main = warner->script->index == 0;
	/* Behind an included script its includer goes on. */
	Rest after = is_main ? (Rest){ NONE, false } : (Rest){ ALL, true };

	look_through(warner, warner->script->first, after, is_main);
	warn_of_discard(warner);
}
