#include "sieve/implies.h"

#include <string.h>

#include "base/ascii.h"
#include "base/search.h"
#include "sieve/extension.h"

static bool is(const SieveNode *node, const char *name)
{
	return node->verb && strcmp(node->verb->name, name) == 0;
}

/* ---- pure tests ---- */

static bool is_constant(const SieveArgument *argument)
{
	if (argument->type != SIEVE_STRING && argument->type != SIEVE_STRING_LIST)
		return true;
	for (size_t i = 0; i < argument->strings.count; i++)
		if (!sieve_is_constant(&argument->strings.items[i]))
			return false;
	return true;
}

static size_t parameters(const SieveNode *node)
{
	size_t count = 0;

	while (sieve_parameters(node->verb)[count].name)
		count++;
	return count;
}

bool sieve_test_is_pure(const SieveNode *test)
{
	static const char *const pure[] = { "address",  "allof",    "anyof", "body",     "date",
					    "envelope", "exists",   "false", "header",   "not",
					    "size",     "spamtest", "true",  "virustest" };
	bool known = false;

	for (size_t i = 0; i < sizeof pure / sizeof *pure; i++)
		known |= is(test, pure[i]);
	if (!known || test->missing)
		return false;
	for (size_t i = 0; i < parameters(test); i++)
		if (!is_constant(&test->arguments[i]))
			return false;
	for (const SieveTagUse *it = test->tags; it; it = it->next)
		if (!is_constant(&it->value))
			return false;
	for (const SieveNode *it = test->tests; it; it = it->next)
		if (!sieve_test_is_pure(it))
			return false;
	return true;
}

/* ---- tests that are the same ---- */

/* Is every string of `some` one of `all`? */
static bool is_subset(const SieveStrings *some, const SieveStrings *all, bool any_case)
{
	for (size_t i = 0; i < some->count; i++) {
		bool found = false;

		for (size_t j = 0; j < all->count && !found; j++)
			found = any_case ? ascii_equal_fold(some->items[i].text, all->items[j].text)
					 : slice_equal(some->items[i].text, all->items[j].text);
		if (!found)
			return false;
	}
	return true;
}

static bool same_argument(const SieveArgument *a, const SieveArgument *b)
{
	if ((a->type == SIEVE_NOTHING) != (b->type == SIEVE_NOTHING) ||
	    (a->type == SIEVE_NUMBER) != (b->type == SIEVE_NUMBER))
		return false;
	if (a->type == SIEVE_NOTHING)
		return true;
	if (a->type == SIEVE_NUMBER)
		return a->number == b->number;
	return is_subset(&a->strings, &b->strings, false) && is_subset(&b->strings, &a->strings, false);
}

static bool same_tags(const SieveNode *a, const SieveNode *b)
{
	size_t left = 0, right = 0;

	for (const SieveTagUse *it = b->tags; it; it = it->next)
		right++;
	for (const SieveTagUse *it = a->tags; it; it = it->next, left++) {
		const SieveTagUse *other = b->tags;

		while (other && other->tag != it->tag)
			other = other->next;
		if (!other || !same_argument(&it->value, &other->value))
			return false;
	}
	return left == right;
}

static bool is_match(const SieveMatching *how, const char *name)
{
	return how->type && strcmp(how->type->name, name) == 0;
}

/* Does what `a` says of a value tell something of what `b` says of it?  What is equal to a text contains it.
 */
static bool comparable_matching(const SieveMatching *a, const SieveMatching *b)
{
	if (!a || !b)
		return a == b;
	return (a->type == b->type || (is_match(a, "is") && is_match(b, "contains"))) &&
	       a->comparator == b->comparator && a->part == b->part &&
	       same_argument(&a->argument, &b->argument);
}

/* ---- what follows ---- */

/* Is it so of each value that fits `key`, that it fits `other`? */
static bool key_implies(const SieveMatching *test, Slice key, const SieveMatching *then, Slice other)
{
	const bool any_case = strcmp(then->comparator->name, "i;ascii-casemap") == 0;
	Searcher searcher;

	if (test->type == then->type && slice_equal(key, other))
		return true;
	if (!any_case && strcmp(then->comparator->name, "i;octet") != 0)
		return false;
	if (is_match(then, "is"))
		return any_case && ascii_equal_fold(key, other);
	if (!is_match(then, "contains"))
		return false;
	search_init(&searcher, other, any_case);
	return search_find(&searcher, key) >= 0;
}

static bool keys_imply(const SieveNode *test, const SieveNode *then, size_t place)
{
	const SieveStrings *keys = sieve_strings(test, place), *others = sieve_strings(then, place);

	for (size_t i = 0; i < keys->count; i++) {
		bool found = false;

		for (size_t j = 0; j < others->count && !found; j++)
			found = key_implies(test->matching, keys->items[i].text, then->matching,
					    others->items[j].text);
		if (!found)
			return false;
	}
	return true;
}

/* A test of values against keys is true when any pair of them matches; so with more of either it is true of
 * more messages.  Counts are no such test. */
static bool values_imply(const SieveNode *test, const SieveNode *then)
{
	size_t last = parameters(test) - 1;
	bool by_name = !is(test, "body");

	if (test->matching->type->counts)
		return false;
	for (size_t i = 0; i < last; i++)
		if (!sieve_strings(test, i) || !sieve_strings(then, i) ||
		    !is_subset(sieve_strings(test, i), sieve_strings(then, i), by_name))
			return false;
	return keys_imply(test, then, last);
}

static bool sizes_imply(const SieveNode *test, const SieveNode *then)
{
	bool over = sieve_tag(test, "over") != NULL;

	return over ? sieve_number(test, 0) >= sieve_number(then, 0)
		    : sieve_number(test, 0) <= sieve_number(then, 0);
}

/* Of tests with the same name, tags and way to match. */
static bool arguments_imply(const SieveNode *test, const SieveNode *then)
{
	if (is(test, "size"))
		return sizes_imply(test, then);
	if (is(test, "exists"))
		return is_subset(sieve_strings(then, 0), sieve_strings(test, 0), true);
	if ((is(test, "header") || is(test, "address") || is(test, "envelope") || is(test, "body")) &&
	    values_imply(test, then))
		return true;
	if (test->matching && test->matching->type != then->matching->type)
		return false;
	for (size_t i = 0; i < parameters(test); i++)
		if (!same_argument(&test->arguments[i], &then->arguments[i]))
			return false;
	return true;
}

static bool any_implies(const SieveNode *tests, const SieveNode *then)
{
	for (; tests; tests = tests->next)
		if (sieve_test_implies(tests, then))
			return true;
	return false;
}

static bool all_imply(const SieveNode *tests, const SieveNode *then)
{
	for (; tests; tests = tests->next)
		if (!sieve_test_implies(tests, then))
			return false;
	return true;
}

static bool implies_all(const SieveNode *test, const SieveNode *tests)
{
	for (; tests; tests = tests->next)
		if (!sieve_test_implies(test, tests))
			return false;
	return true;
}

static bool implies_any(const SieveNode *test, const SieveNode *tests)
{
	for (; tests; tests = tests->next)
		if (sieve_test_implies(test, tests))
			return true;
	return false;
}

bool sieve_test_implies(const SieveNode *test, const SieveNode *then)
{
	if (is(then, "true") || is(test, "false"))
		return true;
	if (is(test, "anyof"))
		return all_imply(test->tests, then);
	if (is(then, "allof"))
		return implies_all(test, then->tests);
	if (is(test, "allof") && any_implies(test->tests, then))
		return true;
	if (is(then, "anyof") && implies_any(test, then->tests))
		return true;
	if (is(test, "not") && is(then, "not"))
		return sieve_test_implies(then->tests, test->tests);
	return test->verb == then->verb && parameters(test) && same_tags(test, then) &&
	       comparable_matching(test->matching, then->matching) && arguments_imply(test, then);
}
