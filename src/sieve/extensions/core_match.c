/* core_match - the match types :is, :contains and :matches, the address parts :all, :localpart and
 * :domain
 * RFC 5228, section 2.7 */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"
#include "sieve/glob.h"

/* ---- :is ---- */

static SieveStatus match_is(SieveRun *run, const SieveMatching *how, SieveValue *value, const SieveKey *key,
			    bool *result)
{
	(void)run;
	/* Where equal means equal octets once folded, most values are told apart by their length. */
	if ((how->comparator->can & SIEVE_CAN_SUBSTRING) && value->text.length != key->text.length)
		*result = false;
	else
		*result = how->comparator->compare(value->text, key->text) == 0;
	return SIEVE_OK;
}

/* ---- :contains ---- */

static Slice fold_key(const SieveMatching *how, Slice key, Arena *arena)
{
	char *folded;

	if (!how->comparator->fold)
		return key;
	folded = arena_alloc(arena, key.length + 1);
	how->comparator->fold(key.data, key.length, folded);
	return slice(folded, key.length);
}

static bool prepare_contains(const SieveMatching *how, Slice key, Arena *arena, void **prepared, Failure *why)
{
	Slice *folded = arena_alloc(arena, sizeof *folded);

	(void)why;
	*folded = fold_key(how, key, arena);
	*prepared = folded;
	return true;
}

static SieveStatus match_contains(SieveRun *run, const SieveMatching *how, SieveValue *value,
				  const SieveKey *key, bool *result)
{
	const Slice *wanted = key->prepared;
	Slice in;

	*result = false;
	if (wanted->length > value->text.length)
		return SIEVE_OK;
	/* A header is short: what base/search.h prepares for each key would cost more than it saves. */
	in = sieve_value_folded(run, value, how->comparator);
	*result = memmem(in.data, in.length, wanted->data, wanted->length) != NULL;
	return SIEVE_OK;
}

/* ---- :matches ---- */

static bool prepare_matches(const SieveMatching *how, Slice key, Arena *arena, void **prepared, Failure *why)
{
	(void)why;
	/* Folding leaves stars, question marks and back-slashes alone. */
	*prepared = sieve_glob_new(fold_key(how, key, arena), arena);
	return true;
}

static SieveStatus match_matches(SieveRun *run, const SieveMatching *how, SieveValue *value,
				 const SieveKey *key, bool *result)
{
	SieveGlobPart parts[SIEVE_LIMIT_MATCH_VARIABLE];
	Slice captures[SIEVE_LIMIT_MATCH_VARIABLE];
	size_t most = sieve_wants_captures(run) ? SIEVE_LIMIT_MATCH_VARIABLE : 0;
	size_t count;

	*result = sieve_glob_match(key->prepared, sieve_value_folded(run, value, how->comparator), parts,
				   most, &count);
	if (!*result || !most)
		return SIEVE_OK;
	for (size_t i = 0; i < count; i++)
		captures[i] = slice(value->text.data + parts[i].offset, parts[i].length);
	sieve_captures(run, value->text, captures, count);
	return SIEVE_OK;
}

static const SieveMatchType match_types[] = {
	{ .name = "contains",
	  .needs = SIEVE_CAN_SUBSTRING,
	  .is_substring = true,
	  .prepare = prepare_contains,
	  .match = match_contains },
	{ .name = "is", .needs = SIEVE_CAN_EQUAL, .match = match_is },
	{ .name = "matches",
	  .needs = SIEVE_CAN_SUBSTRING,
	  .prepare = prepare_matches,
	  .match = match_matches },
	{ 0 },
};

/* ---- address parts: an address that is none has no parts but itself (2.7.4) ---- */

static bool part_all(const SieveRun *run, const Address *address, Slice *value)
{
	(void)run;
	*value = address->text;
	return true;
}

static bool part_domain(const SieveRun *run, const Address *address, Slice *value)
{
	(void)run;
	*value = address->domain;
	return address->valid;
}

static bool part_localpart(const SieveRun *run, const Address *address, Slice *value)
{
	(void)run;
	*value = address->local_part;
	return address->valid;
}

static const SieveAddressPart address_parts[] = {
	{ "all", part_all },
	{ "domain", part_domain },
	{ "localpart", part_localpart },
	{ 0 },
};

const SieveExtension sieve_ext_core_match = { .match_types = match_types, .address_parts = address_parts };
