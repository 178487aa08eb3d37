#include "sieve/folders.h"

#include <string.h>

#include "base/ascii.h"
#include "mailbox/store.h"
#include "plan/limits.h"
#include "sieve/ask.h"
#include "sieve/match.h"

/* RFC 9051, 9: atom-char. */
static bool is_atom(Slice word)
{
	for (size_t i = 0; i < word.length; i++)
		if (word.data[i] <= ' ' || word.data[i] > '~' || strchr("(){%*\"\\]", word.data[i]))
			return false;
	return word.length > 0;
}

bool sieve_special_use_valid(Slice value)
{
	return value.length && value.length <= LIMIT_FLAG_LENGTH && value.data[0] == '\\' &&
	       is_atom(slice_from(value, 1));
}

bool sieve_mailbox_id_valid(Slice value)
{
	for (size_t i = 0; i < value.length; i++)
		if (!ascii_is_alnum(value.data[i]) && value.data[i] != '-' && value.data[i] != '_')
			return false;
	return value.length > 0 && value.length <= 255;
}

void sieve_check_annotation(SieveCheck *check, const SieveString *entry)
{
	if (sieve_is_constant(entry) && !store_annotation_valid(entry->text))
		sieve_check_warn(
			check, "always-false", entry->span, NULL,
			"an annotation's name begins with /private/ or /shared/; this is none, so the "
			"test is always false");
}

static SieveStatus find(SieveRun *run, const SieveString *folder, const SieveString *entry, Slice *value)
{
	Slice name = SLICE(""), of = SLICE("");
	SieveStatus status = folder ? sieve_expand(run, folder, &of) : SIEVE_OK;

	*value = (Slice){ 0 };
	if (status == SIEVE_OK)
		status = sieve_expand(run, entry, &name);
	if (status != SIEVE_OK || !store_annotation_valid(name))
		return status;
	/* To the world no name is the server's. */
	return sieve_ask(run, entry->span, ASK_METADATA, folder && !of.length ? SLICE("INBOX") : of, name,
			 value);
}

SieveStatus sieve_annotation_matches(SieveRun *run, const SieveNode *node, const SieveString *folder,
				     const SieveString *entry, const SieveStrings *keys, bool *result)
{
	SieveMatch match;
	Slice value;
	SieveStatus status = find(run, folder, entry, &value);

	*result = false;
	/* "True if the annotation exists and": of one that does not nothing is, not that there are 0 of it.
	 */
	if (status != SIEVE_OK || !value.data)
		return status;
	sieve_match_begin(&match, run, node, keys);
	status = sieve_match_value(&match, value);
	return sieve_match_end(&match, status, result);
}

SieveStatus sieve_annotations_exist(SieveRun *run, const SieveString *folder, const SieveStrings *entries,
				    bool *result)
{
	SieveStatus status = SIEVE_OK;

	*result = true;
	for (size_t i = 0; i < entries->count && *result && status == SIEVE_OK; i++) {
		Slice value;

		status = find(run, folder, &entries->items[i], &value);
		*result = value.data != NULL;
	}
	return status;
}
