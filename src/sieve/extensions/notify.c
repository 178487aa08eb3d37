/* notify - notifications as scripts wrote them before enotify: addresses are options, no URI
 * draft-martin-sieve-notify-01
 *
 * Only mail was ever done by it.  In the text "$from$", "$env-from$" and "$subject$" stand for what they say;
 * "$text$", the beginning of the body, stands for nothing. */
#include "sieve/extensions/list.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/uri.h"
#include "plan/limits.h"
#include "sieve/extension.h"
#include "sieve/notify.h"
#include "sieve/outgoing.h"

enum {
	SHOWN = 100,
	HIGH = 1,
	NORMAL = 2,
	LOW = 3,
};

/* A notification that "denotify" may take back. */
typedef struct Pending {
	const char *id;   /* NULL: none */
	const char *text; /* by which its action is known */
	struct Pending *next;
} Pending;

/* 0: none was named */
static unsigned importance_of(const SieveNode *node)
{
	return sieve_tag(node, "high")     ? HIGH
	       : sieve_tag(node, "normal") ? NORMAL
	       : sieve_tag(node, "low")    ? LOW
					   : 0;
}

/* ---- the text ---- */

/* What "$name$" stands for; NULL: for itself. */
static const char *value_of(SieveRun *run, Slice name)
{
	const char *value = NULL;

	if (ascii_equal_fold(name, SLICE("from")))
		value = sieve_header_text(run, sieve_answered_header(run), SLICE("From"));
	else if (ascii_equal_fold(name, SLICE("subject")))
		value = sieve_header_text(run, sieve_answered_header(run), SLICE("Subject"));
	else if (ascii_equal_fold(name, SLICE("env-from")))
		value = run->input->envelope->sender;
	else if (!ascii_equal_fold(name, SLICE("text")) &&
		 !(ascii_starts_with_fold(name, "text[") && name.data[name.length - 1] == ']'))
		return NULL;
	return value ? value : "";
}

static Slice fill_in(SieveRun *run, Slice text)
{
	AUTO_VALUE(Text) out = { 0 };

	while (text.length) {
		const char *end = text.data[0] == '$' ? memchr(text.data + 1, '$', text.length - 1) : NULL;
		size_t length = end ? (size_t)(end + 1 - text.data) : 1;
		const char *value = end ? value_of(run, slice(text.data + 1, length - 2)) : NULL;

		if (value)
			text_append_string(&out, value);
		else
			text_append(&out, text.data, length = 1);
		text = slice_from(text, length);
	}
	return arena_copy_slice(run->arena, text_slice(&out));
}

/* ---- notify ---- */

/* The addresses as a mailto URI. */
static SieveStatus make_uri(SieveRun *run, const SieveTagUse *options, Slice *made)
{
	AUTO_VALUE(Text) uri = { 0 };
	SieveStatus status = SIEVE_OK;

	text_append_string(&uri, "mailto:");
	for (size_t i = 0; options && i < options->value.strings.count && status == SIEVE_OK; i++) {
		Slice address;

		status = sieve_expand(run, &options->value.strings.items[i], &address);
		if (status != SIEVE_OK)
			break;
		if (i)
			text_append_char(&uri, ',');
		for (size_t at = 0; at < address.length; at++)
			if (address.data[at] == '@')
				text_append_char(&uri, '@');
			else
				uri_encode(address.data[at], &uri);
	}
	*made = arena_copy_slice(run->arena, text_slice(&uri));
	return status;
}

static SieveStatus expand_tag(SieveRun *run, const SieveNode *node, const char *name, Slice *value)
{
	const SieveTagUse *use = sieve_tag(node, name);

	*value = (Slice){ 0 };
	return use ? sieve_expand(run, use->value.strings.items, value) : SIEVE_OK;
}

static SieveStatus check_method(SieveRun *run, const SieveNode *node)
{
	Slice method;
	SieveStatus status = expand_tag(run, node, "method", &method);

	if (status == SIEVE_OK && method.data && !ascii_equal_fold(method, SLICE("mailto")))
		return sieve_fail(run, sieve_tag(node, "method")->value.span,
				  "there is no method of notification '%.*s'",
				  (int)utf8_cut(method, SHOWN).length, method.data);
	return status;
}

static void remember(SieveRun *run, Slice id, const Action *action)
{
	void **slot = sieve_slot(run, &sieve_ext_notify);
	Pending *pending = ARENA_NEW(run->arena, Pending);

	pending->id = id.data ? arena_copy_bytes(run->arena, id.data, id.length) : NULL;
	pending->text = action->text;
	pending->next = *slot;
	*slot = pending;
}

static SieveStatus notify(SieveRun *run, const SieveNode *node)
{
	const unsigned importance = importance_of(node);
	const SieveTagUse *options = sieve_tag(node, "options");
	SieveNotice notice = { .span = options ? options->value.span : node->span,
			       .importance = importance ? importance : NORMAL };
	Action action;
	Slice id, message;
	SieveStatus status = check_method(run, node);

	if (status == SIEVE_OK)
		status = make_uri(run, options, &notice.uri);
	if (status == SIEVE_OK)
		status = expand_tag(run, node, "message", &message);
	if (status == SIEVE_OK)
		status = expand_tag(run, node, "id", &id);
	if (status == SIEVE_OK)
		status = sieve_action(run, node, ACTION_NOTIFY, &action);
	if (status != SIEVE_OK)
		return status;
	notice.message = fill_in(run, message.data ? message : SLICE("$from$: $subject$"));
	status = sieve_notify(run, node, &notice, &action);
	if (status == SIEVE_OK)
		remember(run, id, &action);
	return status;
}

/* ---- denotify ---- */

static void take_back(Plan *plan, const char *text, unsigned importance)
{
	for (size_t i = plan->carried_out; i < plan->count; i++) {
		const Action *action = &plan->actions[i];

		if (action->kind != ACTION_NOTIFY || action->text != text ||
		    (importance && action->importance != importance))
			continue;
		memmove(&plan->actions[i], &plan->actions[i + 1], (--plan->count - i) * sizeof *action);
		return;
	}
}

static SieveStatus has_id(SieveRun *run, const SieveNode *node, const Pending *pending, bool *result)
{
	const SieveStrings *keys = sieve_strings(node, 0);
	SieveMatch match;
	SieveStatus status;

	*result = !keys;
	if (!keys || !pending->id)
		return SIEVE_OK;
	sieve_match_begin(&match, run, node, keys);
	status = sieve_match_value(&match, slice_of(pending->id));
	return sieve_match_end(&match, status, result);
}

static SieveStatus denotify(SieveRun *run, const SieveNode *node)
{
	SieveStatus status = SIEVE_OK;

	for (const Pending *it = *sieve_slot(run, &sieve_ext_notify); it && status == SIEVE_OK;
	     it = it->next) {
		bool meant;

		status = has_id(run, node, it, &meant);
		if (status == SIEVE_OK && meant)
			take_back(run->plan, it->text, importance_of(node));
	}
	return status;
}

/* ---- the tables ---- */

static const SieveVerb commands[] = {
	{ .name = "denotify",
	  .parameters = SIEVE_PARAMETERS({ "id", SIEVE_STRING, .optional = true }),
	  .takes = SIEVE_TAKES_MATCH | SIEVE_SETS_NO_CAPTURES,
	  .act = denotify },
	{ .name = "notify", .plans = 1u << ACTION_NOTIFY, .act = notify },
	{ 0 },
};

static const SieveTag tags[] = {
	{ .name = "high", .of = "notify denotify", .group = "importance" },
	{ .name = "id", .of = "notify", .value = SIEVE_STRING },
	{ .name = "low", .of = "notify denotify", .group = "importance" },
	{ .name = "message", .of = "notify", .value = SIEVE_STRING },
	{ .name = "method", .of = "notify", .value = SIEVE_STRING },
	{ .name = "normal", .of = "notify denotify", .group = "importance" },
	{ .name = "options", .of = "notify", .value = SIEVE_STRING_LIST },
	{ 0 },
};

const SieveExtension sieve_ext_notify = {
	.capability = "notify",
	.about = "the notifications of a draft, which enotify took the place of",
	.document = "draft-martin-sieve-notify-01",
	.instead = "enotify",
	.commands = commands,
	.tags = tags,
};
