/* redirect_dsn - what delivery reports a redirected message asks for: ":notify" and ":ret"
 * RFC 6009, section 6; RFC 3461, section 4.1 and 4.3
 *
 * Values are taken in any case.  The script's owner becomes the sender, as section 6.1 wants, which delivery
 * sees to. */
#include "sieve/extensions/list.h"

#include "base/ascii.h"
#include "sieve/extension.h"

/* In the order in which they are handed on. */
static const char *const conditions[] = { "SUCCESS", "FAILURE", "DELAY" };

enum {
	CONDITIONS = sizeof conditions / sizeof *conditions
};

/* The bit of a condition; 0 when it is none. */
static unsigned condition_of(Slice word)
{
	for (unsigned i = 0; i < CONDITIONS; i++)
		if (ascii_equal_fold_string(word, conditions[i]))
			return 1u << i;
	return 0;
}

/* The bits of conditions with commas between them; 0 when one of them is none. */
static unsigned conditions_of(Slice value)
{
	unsigned all = 0;

	for (;;) {
		const char *comma = value.length ? memchr(value.data, ',', value.length) : NULL;
		unsigned one = condition_of(comma ? slice(value.data, (size_t)(comma - value.data)) : value);

		all |= one;
		if (!one || !comma)
			return one ? all : 0;
		value = slice_from(value, (size_t)(comma - value.data) + 1);
	}
}

/* "NEVER" alone, or conditions. */
static bool is_notify(Slice value)
{
	return ascii_equal_fold(value, SLICE("NEVER")) || conditions_of(value);
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

static SieveStatus read_value(SieveRun *run, const SieveTagUse *use, const Wanted *wanted, Slice *value)
{
	SieveStatus status = sieve_expand(run, use->value.strings.items, value);

	if (status == SIEVE_OK && !wanted->is_good(*value))
		status = sieve_fail(run, use->value.span, "%s", wanted->text);
	return status;
}

/* Each condition once, however often it was named. */
static SieveStatus apply_notify(SieveRun *run, const SieveTagUse *use, Action *action)
{
	AUTO_VALUE(Text) text = { 0 };
	Slice value;
	SieveStatus status = read_value(run, use, &notify, &value);
	unsigned named;

	if (status != SIEVE_OK)
		return status;
	named = conditions_of(value);
	for (unsigned i = 0; i < CONDITIONS; i++)
		if (named & 1u << i)
			text_printf(&text, "%s%s", text.length ? "," : "", conditions[i]);
	action->dsn_notify = named ? arena_copy_string(run->arena, text_string(&text)) : "NEVER";
	return SIEVE_OK;
}

static SieveStatus apply_return(SieveRun *run, const SieveTagUse *use, Action *action)
{
	Slice value;
	SieveStatus status = read_value(run, use, &ret, &value);

	if (status == SIEVE_OK)
		action->dsn_ret = ascii_equal_fold(value, SLICE("FULL")) ? "FULL" : "HDRS";
	return status;
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
