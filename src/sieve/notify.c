#include "sieve/notify.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/address.h"
#include "message/address_write.h"
#include "message/mailto.h"
#include "message/uri.h"
#include "plan/limits.h"
#include "sieve/outgoing.h"

enum {
	SHOWN = 100,
	USUAL_NOTIFICATIONS = 10
};

/* ---- what stands behind a scheme ---- */

static bool bad(Failure *why, const char *scheme, Slice rest)
{
	return failure_retry(why, "'%.*s' is no address that %s knows", (int)utf8_cut(rest, SHOWN).length,
			     rest.data, scheme);
}

static bool check_mailto(Slice rest, Arena *arena, Failure *why)
{
	Mailto mailto;

	return mailto_parse(rest, &mailto, arena, why);
}

/* What stands before the first of `marks`; the rest begins with it. */
static Slice take_until(Slice *text, const char *marks)
{
	size_t length = 0;
	Slice part;

	while (length < text->length && !strchr(marks, text->data[length]))
		length++;
	part = slice(text->data, length);
	*text = slice_from(*text, length);
	return part;
}

/* A host behind what may stand before an "@". */
static bool has_host(Slice text)
{
	const char *at = memrchr(text.data, '@', text.length);
	Slice host = at ? slice_from(text, (size_t)(at + 1 - text.data)) : text;

	return host.length && (!at || at > text.data) && uri_is_made_of(host, "!$&'()*+,;=[]:") &&
	       host.data[0] != ':';
}

/* RFC 5122, 2.2; no authority and no fragment (RFC 5437, 2.1), and no other query than for a message. */
static bool check_xmpp(Slice rest, Arena *arena, Failure *why)
{
	Slice whole = rest, path, type;

	(void)arena;
	path = take_until(&rest, "?#");
	if (memchr(whole.data, '#', whole.length) || ascii_starts_with_fold(path, "//") ||
	    !has_host(take_until(&path, "/")))
		return bad(why, "xmpp", whole);
	if (!rest.length)
		return true;
	rest = slice_from(rest, 1);
	type = take_until(&rest, ";");
	if (!ascii_equal_fold(type, SLICE("message")))
		return bad(why, "xmpp", whole);
	while (rest.length) {
		Slice pair;

		rest = slice_from(rest, 1);
		pair = take_until(&rest, ";");
		if (!memchr(pair.data, '=', pair.length) || pair.data[0] == '=')
			return bad(why, "xmpp", whole);
	}
	return true;
}

/* RFC 3261, 19.1.1: user and host, then parameters and fields. */
static bool check_sip(Slice rest, Arena *arena, Failure *why)
{
	Slice whole = rest;

	(void)arena;
	if (memchr(whole.data, '#', whole.length) || !has_host(take_until(&rest, ";?")))
		return bad(why, "sip", whole);
	return true;
}

/* RFC 3966, 3: digits with marks between them, a "+" in front or a context behind. */
static bool check_tel(Slice rest, Arena *arena, Failure *why)
{
	Slice whole = rest, number = take_until(&rest, ";");
	bool global = number.length && number.data[0] == '+';
	size_t digits = 0;

	(void)arena;
	for (size_t i = global; i < number.length; i++) {
		if (!ascii_is_alnum(number.data[i]) && !strchr("-.()*#", number.data[i]))
			return bad(why, "tel", whole);
		if (global && ascii_is_alpha(number.data[i]))
			return bad(why, "tel", whole);
		digits += ascii_is_digit(number.data[i]);
	}
	return digits || bad(why, "tel", whole);
}

static bool check_other(Slice rest, Arena *arena, Failure *why)
{
	(void)arena;
	return rest.length || bad(why, "this method", rest);
}

/* ---- who may speak ---- */

static bool is_mailbox_list(Slice from, Arena *arena)
{
	return address_list_is_safe(from, arena);
}

static bool is_sip_or_mailbox(Slice from, Arena *arena)
{
	Slice scheme, rest;

	if (uri_split(from, &scheme, &rest) &&
	    (ascii_equal_fold(scheme, SLICE("sip")) || ascii_equal_fold(scheme, SLICE("sips"))))
		return check_sip(rest, arena, &(Failure){ 0 });
	return address_list_is_safe(from, arena);
}

static bool is_line(Slice from, Arena *arena)
{
	(void)arena;
	for (size_t i = 0; i < from.length; i++)
		if (ascii_is_control(from.data[i]))
			return false;
	return from.length > 0;
}

/* ---- the methods ---- */

typedef struct Method {
	const char *scheme;
	bool (*check)(Slice rest, Arena *arena, Failure *why);
	bool (*is_from)(Slice from, Arena *arena); /* is it one of this method (RFC 5435, 3.3)? */
} Method;

static const Method methods[] = {
	{ "mailto", check_mailto, is_mailbox_list }, /* RFC 5436 */
	{ "sip", check_sip, is_sip_or_mailbox },     /* RFC 6468 */
	{ "sips", check_sip, is_sip_or_mailbox },    { "tel", check_tel, is_line },
	{ "xmpp", check_xmpp, is_mailbox_list }, /* RFC 5437, 2.3 */
};
static const Method other_method = { "", check_other, is_line };

static const Method *method_of(Slice scheme)
{
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (ascii_equal_fold_string(scheme, methods[i].scheme))
			return &methods[i];
	return &other_method;
}

static bool is_mail(Slice scheme)
{
	return ascii_equal_fold(scheme, SLICE("mailto"));
}

/* Is there somebody who takes URIs of this scheme? */
static bool is_there(const SieveRun *run, Slice scheme)
{
	const char *program = sieve_setting(run, "notify_program");
	const char *schemes = sieve_setting(run, "notify_schemes");

	if (is_mail(scheme))
		return true;
	while (program && *program && schemes && *schemes) {
		size_t length = strcspn(schemes, " \t,");

		if (length && ascii_equal_fold(scheme, slice(schemes, length)))
			return true;
		schemes += length + (schemes[length] != '\0');
	}
	return false;
}

bool sieve_notify_has_scheme(const SieveRun *run, Slice uri)
{
	Slice scheme, rest;

	return uri_split(uri, &scheme, &rest) && is_there(run, scheme);
}

static bool check_uri(const SieveRun *run, Slice uri, Slice *scheme, Slice *rest, Failure *why)
{
	if (uri.length > LIMIT_FIELD_LENGTH || !uri_split(uri, scheme, rest))
		return failure_retry(why, "'%.*s' is no URI, as \"mailto:ann@example.org\"",
				     (int)utf8_cut(uri, SHOWN).length, uri.data);
	if (!is_there(run, *scheme))
		return failure_retry(why, "there is no method of notification '%.*s'",
				     (int)utf8_cut(*scheme, SHOWN).length, scheme->data);
	return method_of(*scheme)->check(*rest, run->arena, why);
}

bool sieve_notify_valid(const SieveRun *run, Slice uri, Failure *why)
{
	Slice scheme, rest;

	return check_uri(run, uri, &scheme, &rest, why);
}

void sieve_notify_check(SieveCheck *check, const SieveString *uri)
{
	Failure why = { 0 };
	Slice scheme, rest;

	if (!sieve_is_constant(uri))
		return;
	if (!uri_split(uri->text, &scheme, &rest))
		sieve_check_error(check, uri->span, NULL, "'%.*s' is no URI, as \"mailto:ann@example.org\"",
				  (int)utf8_cut(uri->text, SHOWN).length, uri->text.data);
	else if (is_mail(scheme) && !check_mailto(rest, sieve_check_arena(check), &why))
		sieve_check_error(check, uri->span, NULL, "%s", why.text);
}

/* ---- what is said ---- */

/* RFC 5435, 3.6: who wrote, and about what. */
static const char *usual_text(SieveRun *run)
{
	const char *from = sieve_header_text(run, sieve_answered_header(run), SLICE("From"));
	const char *subject = sieve_header_text(run, sieve_answered_header(run), SLICE("Subject"));

	return arena_printf(run->arena, "New mail\n\nFrom: %s\nSubject: %s\n", from ? from : "(nobody)",
			    subject ? subject : "(none)");
}

static const char *line_of(SieveRun *run, Slice text)
{
	return sieve_cut_subject(run, sieve_clean_line(run, text, LIMIT_SUBJECT_LENGTH));
}

/* RFC 5436, 2.7: the subject is the text, else the URI's, else the message's. */
static void set_mail_texts(SieveRun *run, const SieveNotice *notice, const Mailto *mailto, Action *action)
{
	if (notice->message.data)
		action->subject = line_of(run, notice->message);
	else if (mailto->subject.data)
		action->subject = line_of(run, mailto->subject);
	if (mailto->body.data)
		action->text = sieve_clean_text(run, mailto->body);
}

static void set_texts(SieveRun *run, const SieveNotice *notice, Action *action)
{
	const char *subject = sieve_header_text(run, sieve_answered_header(run), SLICE("Subject"));

	if (!action->subject && subject)
		action->subject = sieve_cut_subject(run, subject);
	if (!action->text)
		action->text = notice->message.data ? sieve_clean_text(run, notice->message)
						    : usual_text(run);
}

/* ---- who is told ---- */

static bool was_told(const Plan *plan, const char *address)
{
	for (size_t i = 0; i < plan->count; i++) {
		const Action *action = &plan->actions[i];

		for (size_t j = 0; action->kind == ACTION_NOTIFY && j < action->recipients.count; j++)
			if (mailto_same_address(action->recipients.items[j], address))
				return true;
	}
	return false;
}

/* RFC 5436, 2.7: the same address is told once. */
static void set_recipients(SieveRun *run, const Mailto *mailto, Action *action)
{
	const char **items = arena_alloc(run->arena, (mailto->recipient_count + 1) * sizeof *items);

	action->recipients = (PlanList){ .items = items };
	for (size_t i = 0; i < mailto->recipient_count; i++)
		if (!was_told(run->plan, mailto->recipients[i].address))
			items[action->recipients.count++] = mailto->recipients[i].address;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool was_said(const Plan *plan, const Action *action)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->actions[i].kind == ACTION_NOTIFY &&
		    strcmp(plan->actions[i].address, action->address) == 0 &&
		    same_text(plan->actions[i].text, action->text))
			return true;
	return false;
}

/* Mail about mail that a program sent could go round (RFC 5436, 2.7).  NULL, or why nobody is told. */
static const char *plan_mail(SieveRun *run, const SieveNotice *notice, Slice rest, Action *action)
{
	Mailto mailto;
	Slice value;

	if (!mailto_parse(rest, &mailto, run->arena, &(Failure){ 0 }))
		return "the URI is no good"; /* it was */
	set_mail_texts(run, notice, &mailto, action);
	set_recipients(run, &mailto, action);
	if (!mailto.recipient_count)
		return "the URI names nobody";
	if (!action->recipients.count)
		return "all of these were notified before";
	return sieve_is_automatic(run, &value) ? "the message was sent by a program" : NULL;
}

static SieveStatus check_count(SieveRun *run, const SieveNode *node)
{
	const uint64_t most = sieve_setting_number(run, "notify_max_notifications", USUAL_NOTIFICATIONS);
	uint64_t count = 0;

	for (size_t i = 0; i < run->plan->count; i++)
		count += run->plan->actions[i].kind == ACTION_NOTIFY;
	if (count < most)
		return SIEVE_OK;
	return sieve_fail(run, node->span, "more than %llu notifications (limit: notify_max_notifications)",
			  (unsigned long long)most);
}

static SieveStatus set_from(SieveRun *run, const SieveNotice *notice, const Method *method, Action *action)
{
	if (!notice->from.data)
		return SIEVE_OK;
	if (!method->is_from(notice->from, run->arena))
		return sieve_fail(run, notice->from_span, "'%.*s' is nobody who could notify like this",
				  (int)utf8_cut(notice->from, SHOWN).length, notice->from.data);
	action->from = sieve_clean_line(run, notice->from, LIMIT_FIELD_LENGTH);
	return SIEVE_OK;
}

SieveStatus sieve_notify(SieveRun *run, const SieveNode *node, const SieveNotice *notice, Action *action)
{
	const char *why_not = NULL;
	Failure why = { 0 };
	Slice scheme, rest;
	SieveStatus status;

	if (!check_uri(run, notice->uri, &scheme, &rest, &why))
		return sieve_fail(run, notice->span, "%s", why.text);
	status = set_from(run, notice, method_of(scheme), action);
	if (status != SIEVE_OK)
		return status;
	action->address = arena_copy_bytes(run->arena, notice->uri.data, notice->uri.length);
	action->importance = notice->importance;
	action->arguments = notice->options;
	if (is_mail(scheme))
		why_not = plan_mail(run, notice, rest, action);
	set_texts(run, notice, action);
	if (!is_mail(scheme) && was_said(run->plan, action))
		why_not = "this was said before";
	if (why_not) {
		sieve_note(run, node->span, "no notification: %s", why_not);
		return sieve_act_idly(run, node, action);
	}
	status = check_count(run, node);
	return status == SIEVE_OK ? sieve_act(run, node, action) : status;
}
