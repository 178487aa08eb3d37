/* redirect_dsn - what delivery reports a redirected message asks for: ":notify" and ":ret"
 * RFC 6009, section 6; RFC 3461, section 4.1 and 4.3
 *
 * Values are taken in any case.  The script's owner becomes the sender, as section 6.1 wants, which delivery
 * sees to. */
#include "sieve/extensions/list.h"

#include "base/ascii.h"
#include "sieve/extension.h"

static bool is_condition(Slice word)
{
	return ascii_equal_fold(word, SLICE("SUCCESS")) || ascii_equal_fold(word, SLICE("FAILURE")) ||
	       ascii_equal_fold(word, SLICE("DELAY"));
}

/* "NEVER" alone, or conditions with commas between them. */
static bool is_notify(Slice value)
{
	if (ascii_equal_fold(value, SLICE("NEVER")))
		return true;
	for (;;) {
		const char *comma = value.length ? memchr(value.data, ',', value.length) : NULL;

		if (!is_condition(comma ? slice(value.data, (size_t)(comma - value.data)) : value))
			return false;
		if (!comma)
			return true;
		value = slice_from(value, (size_t)(comma - value.data) + 1);
	}
}

static bool is_return(Slice value)
{
	return ascii_equal_fold(value, SLICE("FULL")) || ascii_equal_fold(value, SLICE("HDRS"));
}

/* A tag's values, and what is said of another one. */
typedef struct Wanted {
	bool (*is_good)(Slice value);
	const char *text;
} Wanted;

static const Wanted notify = { is_notify, "':notify' wants \"NEVER\", or of \"SUCCESS,FAILURE,DELAY\"" };
static const Wanted ret = { is_return, "':ret' wants \"FULL\" or \"HDRS\"" };

static void check_value(SieveCheck *check, const SieveTagUse *use, const Wanted *wanted)
{
	const SieveString *value = use->value.strings.items;

	if (sieve_is_constant(value) && !wanted->is_good(value->text))
		sieve_check_error(check, value->span, NULL, "%s", wanted->text);
}

static void check_notify(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	(void)node;
	check_value(check, use, &notify);
}

static void check_return(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	(void)node;
	check_value(check, use, &ret);
}

static SieveStatus read_value(SieveRun *run, const SieveTagUse *use, const Wanted *wanted, const char **into)
{
	Slice value;
	char *copy;
	SieveStatus status = sieve_expand(run, use->value.strings.items, &value);

	if (status != SIEVE_OK)
		return status;
	if (!wanted->is_good(value))
		return sieve_fail(run, use->value.span, "%s", wanted->text);
	*into = copy = arena_copy_bytes(run->arena, value.data, value.length);
	for (size_t i = 0; i < value.length; i++)
		copy[i] = ascii_upper(copy[i]);
	return SIEVE_OK;
}

static SieveStatus apply_notify(SieveRun *run, const SieveTagUse *use, Action *action)
{
	return read_value(run, use, &notify, &action->dsn_notify);
}

static SieveStatus apply_return(SieveRun *run, const SieveTagUse *use, Action *action)
{
	return read_value(run, use, &ret, &action->dsn_ret);
}

static const SieveTag tags[] = {
	{ .name = "notify",
	  .of = "redirect",
	  .value = SIEVE_STRING,
	  .check = check_notify,
	  .apply = apply_notify },
	{ .name = "ret",
	  .of = "redirect",
	  .value = SIEVE_STRING,
	  .check = check_return,
	  .apply = apply_return },
	{ 0 },
};

const SieveExtension sieve_ext_redirect_dsn = {
	.capability = "redirect-dsn",
	.about = "say what delivery reports a redirected message asks for",
	.document = "RFC 6009, 6",
	.tags = tags,
};
