/* enotify - tell somebody of the message: "notify", the tests of methods, ":encodeurl" of set
 * RFC 5435; the methods are in sieve/notify.c
 *
 * Whether somebody is online nobody here knows: it is always "maybe" (RFC 5436, 2.2). */
#include "sieve/extensions/list.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/uri.h"
#include "plan/limits.h"
#include "sieve/notify.h"
#include "sieve/outgoing.h"
#include "sieve/script.h"

enum {
	SHOWN = 100,
	NORMAL = 2
};

/* ---- notify ---- */

#define IMPORTANCE_TEXT "an importance is \"1\" (high), \"2\" or \"3\" (low)"
#define OPTION_TEXT     "'%.*s' is no option, which is written as \"name=value\""

static bool is_importance(Slice text)
{
	return text.length == 1 && text.data[0] >= '1' && text.data[0] <= '3';
}

static void check_importance(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	const SieveString *it = use->value.strings.items;

	(void)node;
	if (sieve_is_constant(it) && !is_importance(it->text))
		sieve_check_error(check, it->span, NULL, IMPORTANCE_TEXT);
}

/* Section 3.5 */
static bool is_option(Slice text)
{
	size_t name = 0;

	while (name < text.length &&
	       (ascii_is_alnum(text.data[name]) ||
		(name && (text.data[name] == '.' || text.data[name] == '-' || text.data[name] == '_'))))
		name++;
	if (!name || name == text.length || text.data[name] != '=' || text.length > LIMIT_ARGUMENT_LENGTH)
		return false;
	for (size_t i = name; i < text.length; i++)
		if (text.data[i] == '\0' || text.data[i] == '\n' || text.data[i] == '\r')
			return false;
	return true;
}

static void check_options(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	(void)node;
	for (size_t i = 0; i < use->value.strings.count; i++) {
		const SieveString *it = &use->value.strings.items[i];

		if (sieve_is_constant(it) && !is_option(it->text))
			sieve_check_error(check, it->span, NULL, OPTION_TEXT,
					  (int)utf8_cut(it->text, SHOWN).length, it->text.data);
	}
	if (use->value.strings.count > LIMIT_ARGUMENTS)
		sieve_check_error(check, use->span, NULL, "more than %d options (limit: arguments)",
				  LIMIT_ARGUMENTS);
}

static void check_notify(SieveCheck *check, SieveNode *node)
{
	sieve_notify_check(check, sieve_string(node, 0));
}

static SieveStatus expand_options(SieveRun *run, const SieveTagUse *use, PlanList *options)
{
	const char **items = arena_alloc(run->arena, use->value.strings.count * sizeof *items + 1);

	options->items = items;
	for (size_t i = 0; i < use->value.strings.count; i++) {
		const SieveString *string = &use->value.strings.items[i];
		Slice option;
		SieveStatus status = sieve_expand(run, string, &option);

		if (status != SIEVE_OK)
			return status;
		if (!is_option(option))
			return sieve_fail(run, string->span, OPTION_TEXT, (int)utf8_cut(option, SHOWN).length,
					  option.data);
		items[options->count++] = sieve_clean_line(run, option, LIMIT_ARGUMENT_LENGTH);
	}
	return SIEVE_OK;
}

static SieveStatus expand_importance(SieveRun *run, const SieveTagUse *use, unsigned *importance)
{
	Slice text;
	SieveStatus status = sieve_expand(run, use->value.strings.items, &text);

	if (status != SIEVE_OK)
		return status;
	if (!is_importance(text))
		return sieve_fail(run, use->value.strings.items->span, IMPORTANCE_TEXT);
	*importance = (unsigned)(text.data[0] - '0');
	return SIEVE_OK;
}

static SieveStatus expand_tags(SieveRun *run, const SieveNode *node, SieveNotice *notice)
{
	const SieveTagUse *from = sieve_tag(node, "from"), *importance = sieve_tag(node, "importance");
	const SieveTagUse *options = sieve_tag(node, "options"), *message = sieve_tag(node, "message");
	SieveStatus status = SIEVE_OK;

	if (from) {
		notice->from_span = from->value.span;
		status = sieve_expand(run, from->value.strings.items, &notice->from);
	}
	if (importance && status == SIEVE_OK)
		status = expand_importance(run, importance, &notice->importance);
	if (options && status == SIEVE_OK)
		status = expand_options(run, options, &notice->options);
	if (message && status == SIEVE_OK)
		status = sieve_expand(run, message->value.strings.items, &notice->message);
	return status;
}

static SieveStatus notify(SieveRun *run, const SieveNode *node)
{
	const SieveString *uri = sieve_string(node, 0);
	SieveNotice notice = { .span = uri->span, .importance = NORMAL };
	Action action;
	SieveStatus status = sieve_expand(run, uri, &notice.uri);

	if (status == SIEVE_OK)
		status = expand_tags(run, node, &notice);
	if (status == SIEVE_OK)
		status = sieve_action(run, node, ACTION_NOTIFY, &action);
	return status == SIEVE_OK ? sieve_notify(run, node, &notice, &action) : status;
}

/* ---- tests ---- */

static SieveStatus valid_notify_method(SieveRun *run, const SieveNode *node, bool *result)
{
	const SieveStrings *uris = sieve_strings(node, 0);
	SieveStatus status = SIEVE_OK;

	*result = true;
	for (size_t i = 0; i < uris->count && *result && status == SIEVE_OK; i++) {
		Slice uri;

		status = sieve_expand(run, &uris->items[i], &uri);
		if (status == SIEVE_OK)
			*result = sieve_notify_valid(run, uri, &(Failure){ 0 });
	}
	return status;
}

/* What is known of a method; no data: nothing. */
static Slice capability_of(SieveRun *run, Slice uri, Slice name)
{
	if (ascii_equal_fold(name, SLICE("online")) && sieve_notify_valid(run, uri, &(Failure){ 0 }))
		return SLICE("maybe");
	/* RFC 8580, 6.1: what is said by other methods is filed as a message too. */
	if (ascii_equal_fold(name, SLICE("fcc")) && sieve_notify_has_scheme(run, uri))
		return SLICE("yes");
	return (Slice){ 0 };
}

static SieveStatus notify_method_capability(SieveRun *run, const SieveNode *node, bool *result)
{
	Slice uri, name, value;
	SieveStatus status = sieve_expand(run, sieve_string(node, 0), &uri);
	SieveMatch match;

	if (status == SIEVE_OK)
		status = sieve_expand(run, sieve_string(node, 1), &name);
	*result = false;
	if (status != SIEVE_OK)
		return status;
	value = capability_of(run, uri, name);
	if (!value.data)
		return SIEVE_OK;
	sieve_match_begin(&match, run, node, sieve_strings(node, 2));
	status = sieve_match_value(&match, value);
	return sieve_match_end(&match, status, result);
}

/* ---- :encodeurl ---- */

/* Section 6.  What would be cut is cut here, between characters. */
static SieveStatus encodeurl(SieveRun *run, Slice in, Slice *out)
{
	AUTO_VALUE(Text) encoded = { 0 };

	while (in.length) {
		size_t length = utf8_decode(in.data, in.length, NULL), before = encoded.length;

		length = length ? length : 1;
		for (size_t i = 0; i < length; i++)
			uri_encode(in.data[i], &encoded);
		if (encoded.length > sieve_variable_bytes(run)) {
			text_truncate(&encoded, before);
			break;
		}
		in = slice_from(in, length);
	}
	*out = arena_copy_slice(run->arena, text_slice(&encoded));
	return SIEVE_OK;
}

/* ---- the tables ---- */

static const SieveActionInfo info = {
	.about = "tells somebody of the message",
	.document = "RFC 5435, 3",
	.interactions = "goes with all others; the same address is told once",
	.with_imap_events = true,
};

static const SieveVerb commands[] = {
	{ .name = "notify",
	  .parameters = SIEVE_PARAMETERS({ "method", SIEVE_STRING }),
	  .plans = 1u << ACTION_NOTIFY,
	  .action = &info,
	  .check = check_notify,
	  .act = notify },
	{ 0 },
};

static const SieveVerb tests[] = {
	{ .name = "notify_method_capability",
	  .parameters = SIEVE_PARAMETERS({ "notification-uri", SIEVE_STRING },
					 { "notification-capability", SIEVE_STRING },
					 { "key-list", SIEVE_STRING_LIST }),
	  .takes = SIEVE_TAKES_MATCH,
	  .test = notify_method_capability },
	{ .name = "valid_notify_method",
	  .parameters = SIEVE_PARAMETERS({ "notification-uris", SIEVE_STRING_LIST }),
	  .test = valid_notify_method },
	{ 0 },
};

static const SieveTag tags[] = {
	{ .name = "from", .of = "notify", .value = SIEVE_STRING },
	{ .name = "importance", .of = "notify", .value = SIEVE_STRING, .check = check_importance },
	{ .name = "message", .of = "notify", .value = SIEVE_STRING },
	{ .name = "options", .of = "notify", .value = SIEVE_STRING_LIST, .check = check_options },
	{ 0 },
};

static const SieveModifier modifiers[] = {
	{ "encodeurl", 15, encodeurl },
	{ 0 },
};

const SieveExtension sieve_ext_enotify = {
	.capability = "enotify",
	.about = "tell somebody of a message, by mail or other means",
	.document = "RFC 5435",
	.commands = commands,
	.tests = tests,
	.tags = tags,
	.modifiers = modifiers,
};
