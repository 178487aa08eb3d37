#include "sieve/match.h"

#include <stdio.h>
#include <string.h>

#include "sieve/script.h"
#include "sieve/trace.h"

void sieve_match_begin(SieveMatch *match, SieveRun *run, const SieveNode *node, const SieveStrings *keys)
{
	match->run = run;
	match->node = node;
	match->how = node->matching;
	match->key_strings = keys;
	match->keys = NULL;
	match->count = 0;
	match->matched = false;
	run->captures_off = node->verb->takes & SIEVE_SETS_NO_CAPTURES;
	if (run->compared)
		*run->compared = (SieveCompared){ .node = node, .keys = keys };
}

static __attribute__((noinline, cold)) void note_value(SieveCompared *compared, Slice text)
{
	struct SieveComparedValue *value;

	if (compared->count++ >= sizeof compared->values / sizeof *compared->values)
		return;
	value = &compared->values[compared->count - 1];
	value->length = text.length;
	memcpy(value->text, text.data, text.length < sizeof value->text ? text.length : sizeof value->text);
}

static SieveStatus expand_keys(SieveMatch *match)
{
	const SieveStrings *strings = match->key_strings;
	SieveKey *keys = &match->one;

	if (strings->count != 1)
		keys = arena_alloc(match->run->arena, strings->count * sizeof *keys);
	for (size_t i = 0; i < strings->count; i++) {
		SieveString *string = &strings->items[i];
		SieveStatus status = sieve_expand(match->run, string, &keys[i].text);

		if (status != SIEVE_OK)
			return status;
		keys[i].prepared = string->prepared;
		keys[i].ready = !match->how->type->prepare || string->prepared;
	}
	match->keys = keys;
	return SIEVE_OK;
}

/* A constant key is prepared once for as long as the script lives. */
static SieveStatus prepare_key(SieveMatch *match, size_t place)
{
	SieveString *string = &match->key_strings->items[place];
	SieveKey *key = &match->keys[place];
	SieveRun *run = match->run;
	Arena *arena = sieve_is_constant(string) ? run->main->unit->arena : run->arena;
	Failure why; /* not cleared: it is large, and failing is rare */

	if (!match->how->type->prepare(match->how, key->text, arena, &key->prepared, &why))
		return sieve_fail(run, string->span, "%s", why.text);
	key->ready = true;
	if (sieve_is_constant(string))
		string->prepared = key->prepared;
	return SIEVE_OK;
}

static SieveStatus match_keys(SieveMatch *match, SieveValue *value)
{
	const SieveMatchType *type = match->how->type;
	SieveStatus status = match->keys ? SIEVE_OK : expand_keys(match);
	size_t i;

	if (match->run->compared)
		note_value(match->run->compared, value->text);
	for (i = 0; i < match->key_strings->count && sieve_match_open(match, status); i++) {
		if (!match->keys[i].ready)
			status = prepare_key(match, i);
		if (status == SIEVE_OK)
			status = type->match(match->run, match->how, value, &match->keys[i], &match->matched);
	}
	if (match->run->trace && status == SIEVE_OK)
		sieve_trace_value(match, value, match->matched ? i - 1 : match->key_strings->count);
	return status;
}

SieveStatus sieve_match_kept(SieveMatch *match, SieveValue *value)
{
	if (match->how->type->counts) {
		match->count++;
		return SIEVE_OK;
	}
	return match_keys(match, value);
}

SieveStatus sieve_match_value(SieveMatch *match, Slice text)
{
	SieveValue value = { .text = text };

	return sieve_match_kept(match, &value);
}

void sieve_match_count(SieveMatch *match, uint64_t more)
{
	match->count += more;
}

bool sieve_match_only_counts(const SieveMatch *match)
{
	return match->how->type->counts;
}

SieveStatus sieve_match_keys(SieveMatch *match, const SieveKey **keys)
{
	SieveStatus status = match->keys ? SIEVE_OK : expand_keys(match);

	for (size_t i = 0; i < match->key_strings->count && status == SIEVE_OK; i++)
		if (!match->keys[i].ready)
			status = prepare_key(match, i);
	*keys = match->keys;
	return status;
}

SieveStatus sieve_match_end(SieveMatch *match, SieveStatus status, bool *result)
{
	if (status == SIEVE_OK && match->how->type->counts) {
		char digits[24];
		SieveValue value = { 0 };
		int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)match->count);

		value.text = slice(digits, (size_t)length);
		status = match_keys(match, &value);
	}
	if (status == SIEVE_OK)
		*result = match->matched;
	return status;
}

Slice sieve_mapped(SieveRun *run, Slice text, const SieveComparator *comparator)
{
	AUTO_VALUE(Text) mapped = { 0 };

	comparator->map(run, text, &mapped, NULL);
	return arena_copy_slice(run->arena, text_slice(&mapped));
}

int sieve_compare(SieveRun *run, SieveValue *value, const SieveKey *key, const SieveComparator *comparator)
{
	if (!comparator->map)
		return comparator->compare(value->text, key->text);
	return comparator->compare(sieve_value_folded(run, value, comparator),
				   sieve_mapped(run, key->text, comparator));
}

Slice sieve_value_folded(SieveRun *run, SieveValue *value, const SieveComparator *comparator)
{
	char *folded;

	if (value->folded_by == comparator)
		return value->folded;
	if (comparator->map) {
		value->folded = sieve_mapped(run, value->text, comparator);
		value->folded_by = comparator;
		return value->folded;
	}
	if (!comparator->fold)
		return value->text;
	folded = arena_alloc(run->arena, value->text.length + 1);
	comparator->fold(value->text.data, value->text.length, folded);
	value->folded = slice(folded, value->text.length);
	value->folded_by = comparator;
	return value->folded;
}
