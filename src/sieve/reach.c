/* reach - rules that can never run, and what stops them
 *
 * The script is walked as a message goes through it.  On the way the tests are remembered that cannot be true
 * any more: those of the branches above in the same "if", and those of rules above that end the script.  What
 * is behind an "if false" was switched off by somebody and is passed over. */
#include <string.h>

#include "sieve/implies.h"
#include "sieve/warner.h"

enum {
	FACTS = 1000, /* that are remembered at a time; further ones are not noted */
	/* Tests are compared item by item; whoever lists thousands of senders twice waits no longer. */
	ITEMS_COMPARED = 20000000
};

/* A test that is false of each message that comes here. */
typedef struct Fact {
	const SieveNode *test;
	const SieveNode *rule; /* the branch that takes all messages it is true of */
	const SieveNode *end;  /* what ends that branch; NULL: it is a branch of the same "if" */
} Fact;

typedef struct Reach {
	SieveWarner *warner;
	Fact *facts; /* a stack: what a block adds goes with it */
	size_t count;
	size_t since; /* those below are known no more */
	size_t chain; /* the first that the present "if" has added */
	uint64_t compared;
} Reach;

typedef enum Truth {
	SOMETIMES,
	ALWAYS,
	NEVER
} Truth;

static const SieveNode *walk(Reach *reach, const SieveNode *node);

/* ---- facts ---- */

static void note(Reach *reach, const SieveNode *test, const SieveNode *rule, const SieveNode *end)
{
	if (reach->count < FACTS && sieve_test_is_pure(test))
		reach->facts[reach->count++] = (Fact){ test, rule, end };
}

static void forget(Reach *reach)
{
	reach->since = reach->count;
}

static size_t items(const SieveNode *test)
{
	size_t count = 1;

	for (size_t i = 0; sieve_parameters(test->verb)[i].name; i++)
		if (sieve_strings(test, i) && test->arguments[i].type != SIEVE_NUMBER)
			count += test->arguments[i].strings.count;
	for (const SieveNode *it = test->tests; it; it = it->next)
		count += items(it);
	return count;
}

static bool can_compare(Reach *reach, const SieveNode *a, const SieveNode *b)
{
	reach->compared += items(a) * items(b);
	return reach->compared < ITEMS_COMPARED;
}

/* Is it known that `test` is false (or, `negated`, true)?  Gives the fact. */
static const Fact *find_fact(Reach *reach, const SieveNode *test, bool negated)
{
	if (!sieve_test_is_pure(test))
		return NULL;
	for (size_t i = reach->since; i < reach->count; i++) {
		const Fact *fact = &reach->facts[i];

		if (!can_compare(reach, test, fact->test))
			return NULL;
		if (negated) {
			if (strcmp(fact->test->verb->name, "not") == 0 &&
			    sieve_test_implies(fact->test->tests, test))
				return fact;
		} else if (sieve_test_implies(test, fact->test)) {
			return fact;
		}
	}
	return NULL;
}

/* ---- tests ---- */

static Truth opposite(Truth truth)
{
	return truth == ALWAYS ? NEVER : truth == NEVER ? ALWAYS : SOMETIMES;
}

static Truth truth_of(Reach *reach, const SieveNode *test, const Fact **fact);

static Truth truth_of_list(Reach *reach, const SieveNode *list, Truth decides, const Fact **fact)
{
	bool open = false;

	for (const SieveNode *it = list->tests; it; it = it->next) {
		Truth truth = truth_of(reach, it, fact);

		if (truth == decides)
			return decides;
		open |= truth == SOMETIMES;
	}
	return open ? SOMETIMES : opposite(decides);
}

/* `*fact` is left alone when what the test says decides it. */
static Truth truth_of(Reach *reach, const SieveNode *test, const Fact **fact)
{
	const Fact *found;

	if (!test->verb || test->missing)
		return SOMETIMES;
	if (sieve_is_verb(test, "true"))
		return ALWAYS;
	if (sieve_is_verb(test, "false"))
		return NEVER;
	if ((found = find_fact(reach, test, false)) || (found = find_fact(reach, test, true))) {
		*fact = found;
		return sieve_test_implies(test, found->test) ? NEVER : ALWAYS;
	}
	if (sieve_is_verb(test, "not"))
		return opposite(truth_of(reach, test->tests, fact));
	if (sieve_is_verb(test, "allof"))
		return truth_of_list(reach, test, NEVER, fact);
	if (sieve_is_verb(test, "anyof"))
		return truth_of_list(reach, test, ALWAYS, fact);
	return SOMETIMES;
}

/* ---- what is told ---- */

static void tell_behind(Reach *reach, const SieveNode *node, const SieveNode *end)
{
	if (end->block)
		sieve_warn_at(reach->warner, "unreachable", node->span, NULL,
			      "this can never run: no message comes out of the '%s' in line %u",
			      end->verb->name, end->span.line);
	else
		sieve_warn_at(reach->warner, "unreachable", node->span, NULL,
			      "this can never run: '%s' in line %u comes first", end->verb->name,
			      end->span.line);
}

static void tell_taken(Reach *reach, const SieveNode *branch, const Fact *fact)
{
	if (fact->end && fact < &reach->facts[reach->chain])
		sieve_warn_at(reach->warner, "unreachable", branch->span, NULL,
			      "this can never run: the rule in line %u takes all such messages and ends "
			      "with the '%s' in line %u",
			      fact->rule->span.line, fact->end->verb->name, fact->end->span.line);
	else
		sieve_warn_at(reach->warner, "unreachable", branch->span, NULL,
			      "this can never run: the '%s' in line %u takes all such messages",
			      fact->rule->verb->name, fact->rule->span.line);
}

static void tell_always(Reach *reach, const SieveNode *branch, const SieveNode *taker)
{
	sieve_warn_at(reach->warner, "unreachable", branch->span, NULL,
		      "this can never run: the '%s' in line %u takes every message that comes to it",
		      taker->verb->name, taker->span.line);
}

/* ---- commands ---- */

static bool does_end(const SieveNode *node)
{
	return sieve_is_verb(node, "stop") || sieve_is_verb(node, "return") || sieve_is_verb(node, "break") ||
	       sieve_is_verb(node, "error");
}

/* Does the message, and all that a pure test looks at, stay as it is? */
static bool leaves_all(const SieveNode *node)
{
	static const char *const verbs[] = { "keep",       "fileinto", "discard", "redirect", "reject",
					     "ereject",    "vacation", "notify",  "set",      "addflag",
					     "removeflag", "setflag",  "require", "mark",     "unmark",
					     "global",     "debug_log" };

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (sieve_is_verb(node, verbs[i]))
			return true;
	return false;
}

static bool is_harmless(const SieveNode *test)
{
	static const char *const verbs[] = {
		"currentdate", "duplicate",         "environment",        "hasflag",
		"ihave",       "mailboxexists",     "mailboxidexists",    "metadata",
		"string",      "specialuse_exists", "valid_notify_method"
	};

	if (sieve_test_is_pure(test))
		return true;
	for (const SieveNode *it = test->tests; it; it = it->next)
		if (!is_harmless(it))
			return false;
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (sieve_is_verb(test, verbs[i]))
			return true;
	return test->tests != NULL;
}

/* An "if" with all that hangs on it. */
typedef struct Chain {
	const SieveNode *taker; /* the branch that takes all that is left, or NULL */
	bool all_end;           /* no message comes out of any branch so far */
	bool forgets;           /* something in it changes what tests see */
	size_t kept;            /* so many facts are true behind it too */
} Chain;

/* What is learnt in a block is about the messages that went in. */
static const SieveNode *walk_block(Reach *reach, const SieveNode *branch, Chain *chain)
{
	size_t count = reach->count, since = reach->since;
	const SieveNode *end = walk(reach, branch->block);

	chain->forgets |= reach->since != since;
	reach->count = count;
	reach->since = since;
	return end;
}

static void walk_branch(Reach *reach, const SieveNode *branch, Chain *chain)
{
	const Fact *fact = NULL;
	const SieveNode *end;
	Truth truth;

	if (chain->taker) {
		tell_always(reach, branch, chain->taker);
		return;
	}
	truth = branch->tests ? truth_of(reach, branch->tests, &fact) : ALWAYS;
	if (truth == NEVER && fact)
		tell_taken(reach, branch, fact);
	if (truth == NEVER)
		return;
	if (branch->tests && !is_harmless(branch->tests)) {
		chain->forgets = true;
		forget(reach);
	}
	end = walk_block(reach, branch, chain);
	chain->all_end &= end != NULL;
	if (truth == ALWAYS)
		chain->taker = branch;
	else
		note(reach, branch->tests, branch, end);
	if (chain->all_end)
		chain->kept = reach->count;
}

/* Gives what ends every way through it, or NULL. */
static const SieveNode *walk_chain(Reach *reach, const SieveNode *first)
{
	Chain chain = { .all_end = true, .kept = reach->count };
	size_t outer = reach->chain;

	for (const SieveNode *branch = first; branch; branch = branch->otherwise) {
		/* A block in between has had chains of its own. */
		reach->chain = branch == first ? reach->count : reach->chain;
		walk_branch(reach, branch, &chain);
	}
	reach->chain = outer;
	reach->count = chain.kept;
	if (chain.forgets)
		forget(reach);
	return chain.taker && chain.all_end ? first : NULL;
}

/* A loop, whose tests may be about something else, and which may be passed through many times or never. */
static void walk_loop(Reach *reach, const SieveNode *node)
{
	forget(reach);
	walk(reach, node->block);
	forget(reach);
}

/* Gives what ends the way of every message, or NULL when some come out at the other end. */
static const SieveNode *walk(Reach *reach, const SieveNode *node)
{
	for (; node; node = node->next) {
		const SieveNode *end = NULL;

		if (sieve_is_verb(node, "if"))
			end = walk_chain(reach, node);
		else if (does_end(node))
			end = node;
		else if (node->block)
			walk_loop(reach, node);
		else if (!leaves_all(node))
			forget(reach);
		if (!end)
			continue;
		if (node->next)
			tell_behind(reach, node->next, end);
		return end;
	}
	return NULL;
}

void sieve_warn_of_reach(SieveWarner *warner)
{
	Reach reach = { .warner = warner, .facts = arena_zeroed(warner->arena, FACTS, sizeof(Fact)) };

	walk(&reach, warner->script->first);
}
