/* core_match - the match types :is, :contains and :matches, the address parts :all, :localpart and
 * :domain
 * RFC 5228, section 2.7 */
#include "sieve/extensions/list.h"

#include <string.h>

#include "base/utf8.h"
#include "sieve/extension.h"
#include "sieve/glob.h"

/* ---- :is ---- */

static SieveStatus match_is(SieveRun *run, const SieveMatching *how, SieveValue *value, const SieveKey *key,
			    bool *result)
{
	const SieveComparator *comparator = how->comparator;

	/* Where equal means equal octets once folded, most values are told apart by their length. */
	if ((comparator->can & SIEVE_CAN_SUBSTRING) && !comparator->map &&
	    value->text.length != key->text.length)
		*result = false;
	else
		*result = sieve_compare(run, value, key, comparator) == 0;
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
	*prepared = how->comparator->map ? NULL : folded;
	return true;
}

/* Of a comparator that changes lengths: of what it makes of both. */
static SieveStatus contains_mapped(SieveRun *run, const SieveMatching *how, SieveValue *value,
				   const SieveKey *key, bool *result)
{
	Slice in = sieve_value_folded(run, value, how->comparator);
	Slice wanted = sieve_mapped(run, key->text, how->comparator);

	*result = memmem(in.data, in.length, wanted.data, wanted.length) != NULL;
	return SIEVE_OK;
}

static SieveStatus match_contains(SieveRun *run, const SieveMatching *how, SieveValue *value,
				  const SieveKey *key, bool *result)
{
	const Slice *wanted = key->prepared;
	Slice in;

	*result = false;
	if (how->comparator->map)
		return contains_mapped(run, how, value, key, result);
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
	if (how->comparator->map)
		return true;
	/* Folding leaves stars, question marks and back-slashes alone. */
	*prepared = sieve_glob_new(fold_key(how, key, arena), arena);
	return true;
}

/* How much of `pattern` comes before its first wildcard or back-slash. */
static size_t count_literals(Slice pattern)
{
	size_t count = 0;

	while (count < pattern.length && pattern.data[count] != '*' && pattern.data[count] != '?' &&
	       pattern.data[count] != '\\')
		count++;
	return count;
}

/* A pattern through the comparator's `map`, which may make wildcards of what are none, and must not. */
static Slice map_pattern(SieveRun *run, Slice pattern, const SieveComparator *comparator)
{
	AUTO_VALUE(Text) out = { 0 };

	for (size_t i = 0; i < pattern.length;) {
		size_t length = count_literals(slice_from(pattern, i));
		Slice mapped = sieve_mapped(run, slice(pattern.data + i, length), comparator);

		for (size_t k = 0; k < mapped.length; k++) {
			if (strchr("*?\\", mapped.data[k]))
				text_append_char(&out, '\\');
			text_append_char(&out, mapped.data[k]);
		}
		i += length;
		if (i < pattern.length)
			text_append_char(&out, pattern.data[i]);
		if (i + 1 < pattern.length && pattern.data[i] == '\\')
			text_append_char(&out, pattern.data[++i]);
		i++;
	}
	return arena_copy_slice(run->arena, text_slice(&out));
}

/* Where in `text` the character is that byte `at` of what it was mapped to belongs to. */
static size_t unmapped(Slice text, const Text *starts, size_t at)
{
	size_t offset = 0;

	for (size_t i = 0; i < at && i < starts->length; i++)
		if (i + 1 == starts->length || starts->data[i + 1]) {
			size_t length = utf8_decode(text.data + offset, text.length - offset, NULL);

			offset += length ? length : 1;
		}
	return offset;
}

static SieveStatus matches_mapped(SieveRun *run, const SieveMatching *how, SieveValue *value,
				  const SieveKey *key, bool *result)
{
	const SieveGlob *glob = sieve_glob_new(map_pattern(run, key->text, how->comparator), run->arena);
	SieveGlobPart parts[SIEVE_LIMIT_MATCH_VARIABLE];
	Slice captures[SIEVE_LIMIT_MATCH_VARIABLE];
	AUTO_VALUE(Text) mapped = { 0 };
	AUTO_VALUE(Text) starts = { 0 };
	size_t count;

	how->comparator->map(run, value->text, &mapped, &starts);
	*result = sieve_glob_match_characters(glob, text_slice(&mapped), text_slice(&starts).data, parts,
					      SIEVE_LIMIT_MATCH_VARIABLE, &count);
	if (!*result || !sieve_wants_captures(run))
		return SIEVE_OK;
	for (size_t i = 0; i < count; i++) {
		size_t from = unmapped(value->text, &starts, parts[i].offset);
		size_t to = unmapped(value->text, &starts, parts[i].offset + parts[i].length);

		captures[i] = slice(value->text.data + from, to - from);
	}
	sieve_captures(run, value->text, captures, count);
	return SIEVE_OK;
}

static SieveStatus match_matches(SieveRun *run, const SieveMatching *how, SieveValue *value,
				 const SieveKey *key, bool *result)
{
	SieveGlobPart parts[SIEVE_LIMIT_MATCH_VARIABLE];
	Slice captures[SIEVE_LIMIT_MATCH_VARIABLE];
	size_t most = sieve_wants_captures(run) ? SIEVE_LIMIT_MATCH_VARIABLE : 0;
	size_t count;

	if (how->comparator->map)
		return matches_mapped(run, how, value, key, result);
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
