/* vacation - answer a message, once in a while for each sender
 * RFC 5230; RFC 3834 (which messages are not answered)
 *
 * Whether there is an answer is decided here, where the header is; a note says why there is none.  What the
 * texts leave open: besides the fields of section 4.6 every List- field, a Precedence of bulk, list or junk
 * and an X-Auto-Response-Suppress that names all answers or those of vacations are heeded.  The From field is
 * the user's address that the message came to, unless the site knows a better one. */
#include "sieve/extensions/list.h"

#include <string.h>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "message/address_write.h"
#include "plan/limits.h"
#include "sieve/extension.h"
#include "sieve/outgoing.h"

enum {
	DAY_S = 86400,
	SHOWN = 100
};

/* ---- what is constant ---- */

static void check_from(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	const SieveString *from = use->value.strings.items;

	(void)node;
	if (sieve_is_constant(from) && !address_list_is_safe(from->text, sieve_check_arena(check)))
		sieve_check_error(check, from->span, NULL, "'%.*s' is no address to send mail from",
				  (int)utf8_cut(from->text, SHOWN).length, from->text.data);
}

static void check_addresses(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	(void)node;
	for (size_t i = 0; i < use->value.strings.count; i++) {
		const SieveString *it = &use->value.strings.items[i];
		Slice spec;

		if (sieve_is_constant(it) && !address_read_named(it->text, &spec))
			sieve_check_error(check, it->span, "several stand in a list: [\"...\", \"...\"]",
					  "'%.*s' is not one address", (int)utf8_cut(it->text, SHOWN).length,
					  it->text.data);
	}
}

/* What a text given with ":mime" begins with. */
typedef enum Entity {
	ENTITY,    /* a header, which may be empty */
	NO_HEADER, /* something else */
	RAW_8BIT,  /* a header with bytes that MIME does not allow there (section 5) */
} Entity;

static Entity entity_of(Slice text)
{
	size_t header = text.length, body = text.length;

	if (text.length && (text.data[0] == '\n' || ascii_starts_with_fold(text, "\r\n")))
		return ENTITY;
	if (!header_name_length(text))
		return NO_HEADER;
	header_find_end(text, &header, &body);
	for (size_t i = 0; i < header; i++)
		if ((unsigned char)text.data[i] >= 0x80)
			return RAW_8BIT;
	return ENTITY;
}

#define RAW_8BIT_TEXT  "the header of a MIME entity is ASCII; other characters want encoded words (RFC 2047)"
#define NO_HEADER_TEXT "this is no MIME entity, which begins with a header; it is sent as plain text"

static void check_vacation(SieveCheck *check, SieveNode *node)
{
	const SieveString *reason = sieve_string(node, 0);
	Entity entity;

	if (!sieve_tag(node, "mime") || !sieve_is_constant(reason))
		return;
	entity = entity_of(reason->text);
	if (entity == RAW_8BIT)
		sieve_check_error(check, reason->span, NULL, RAW_8BIT_TEXT);
	else if (entity == NO_HEADER)
		sieve_check_warn(check, "no-header", reason->span, "leave \":mime\" out", NO_HEADER_TEXT);
}

/* ---- who is not answered ---- */

/* Addresses behind which nobody reads (section 4.6); a "*" stands for anything. */
static const char *const robots[] = {
	"mailer-daemon", "listserv",   "majordomo",  "listproc",     "petidomo",  "owner-*",
	"*-owner",       "*-request",  "*-bounces",  "*-bounce",     "bounce-*",  "bounces-*",
	"bounce",        "bounces",    "noreply",    "no-reply",     "noreply-*", "no-reply-*",
	"*-noreply",     "*-no-reply", "donotreply", "do-not-reply",
};

static bool fits(Slice name, const char *pattern)
{
	size_t length = strlen(pattern);

	if (pattern[0] == '*')
		return name.length >= length - 1 &&
		       ascii_equal_fold_string(slice_from(name, name.length - (length - 1)), pattern + 1);
	if (pattern[length - 1] == '*')
		return name.length >= length - 1 &&
		       ascii_equal_fold(slice(name.data, length - 1), slice(pattern, length - 1));
	return ascii_equal_fold_string(name, pattern);
}

static bool is_robot(const char *address)
{
	const char *at = strrchr(address, '@');
	size_t length = at ? (size_t)(at - address) : strlen(address);
	const char *plus = memchr(address, '+', length);
	/* Behind a "+" lists say to whom they had sent what comes back. */
	Slice local = slice(address, plus ? (size_t)(plus - address) : length);

	for (size_t i = 0; i < sizeof robots / sizeof *robots; i++)
		if (fits(local, robots[i]))
			return true;
	return false;
}

/* Is one of the words in `list`, which stand between commas and blanks, in the value of a field called
 * `name`? Gives the value. */
static bool field_says(SieveRun *run, const char *name, const char *list, Slice *value)
{
	const HeaderIndex *header = sieve_answered_header(run);

	for (const HeaderField *field = header_find(header, slice_of(name)); field;
	     field = header_next(header, field)) {
		Slice rest = *value = sieve_field_raw(run, field);

		while (rest.length) {
			size_t length = 0;

			while (length < rest.length && !strchr(", \t;(", rest.data[length]))
				length++;
			for (const char *word = list; *word; word += strlen(word) + 1)
				if (length && ascii_equal_fold_string(slice(rest.data, length), word))
					return true;
			rest = slice_from(rest, length + 1);
		}
	}
	return false;
}

static bool refuse(SieveRun *run, const SieveNode *node, const char *why, Slice what)
{
	what = utf8_cut(what, SHOWN);
	sieve_note(run, node->span, "no reply: %s%.*s", why, (int)what.length, what.data);
	return false;
}

/* May the header's author want an answer?  The header is that of the message as it is now (RFC 5293, 7). */
static bool header_allows(SieveRun *run, const SieveNode *node)
{
	const HeaderField *list = header_list_field(sieve_answered_header(run));
	Slice value;

	if (list)
		return refuse(run, node, "it came from a mailing list, says its field ", list->name);
	if (sieve_is_automatic(run, &value))
		return refuse(run, node, "it was sent by a program, says its field Auto-Submitted: ", value);
	if (field_says(run, "Precedence", "bulk\0list\0junk\0", &value))
		return refuse(run, node, "it is for many, says its field Precedence: ", value);
	if (field_says(run, "X-Auto-Response-Suppress", "all\0oof\0", &value))
		return refuse(run, node,
			      "its sender wants none, says its field X-Auto-Response-Suppress: ", value);
	return true;
}

/* The envelope sender, at this host when it has no domain; NULL when mail cannot be sent there. */
static const char *sender_of(SieveRun *run)
{
	Envelope sender = *run->input->envelope;

	sender.recipient = sender.sender;
	return identity_recipient(&sender, run->input->host, run->arena);
}

/* Null, a robot, or the user himself? */
static bool sender_allows(SieveRun *run, const SieveNode *node, const Identity *own, const char *sender)
{
	const Envelope *envelope = run->input->envelope;
	Slice told = slice_of(envelope->sender);

	if (!envelope->sender_known)
		return refuse(run, node, "its envelope sender is not known", SLICE(""));
	if (!told.length)
		return refuse(run, node, "its envelope sender is null", SLICE(""));
	if (!sender)
		return refuse(run, node, "no mail can be sent to its sender ", told);
	if (is_robot(sender))
		return refuse(run, node, "nobody reads mail to its sender ", told);
	if (identity_has(own, slice_of(sender), envelope->delimiter))
		return refuse(run, node, "it is from an address of the user's own, ", told);
	return true;
}

/* ---- whom it came to ---- */

static SieveStatus own_addresses(SieveRun *run, const SieveNode *node, Identity *own)
{
	const SieveTagUse *use = sieve_tag(node, "addresses");
	SieveStatus status = SIEVE_OK;

	*own = sieve_own_addresses(run);
	if (sieve_setting_is(run, "vacation_use_original_recipient", false))
		identity_add(own,
			     identity_original_recipient(run->input->envelope, run->input->host, run->arena),
			     run->arena);
	for (size_t i = 0; use && i < use->value.strings.count && status == SIEVE_OK; i++) {
		Slice address;

		status = sieve_expand(run, &use->value.strings.items[i], &address);
		if (status == SIEVE_OK)
			address_read_named(address, &address);
		if (status == SIEVE_OK)
			identity_add(own, sieve_clean_line(run, address, LIMIT_ADDRESS_LENGTH), run->arena);
	}
	return status;
}

/* Section 4.5: the address of the user's that the message is to, or NULL. */
static const char *addressed_to(SieveRun *run, const Identity *own)
{
	static const char *const names[] = { "To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc" };
	const HeaderIndex *header = sieve_answered_header(run);

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (const HeaderField *field = header_find(header, slice_of(names[i])); field;
		     field = header_next(header, field)) {
			const AddressList *list = sieve_field_addresses(run, field);

			for (size_t j = 0; j < list->count; j++)
				if (list->items[j].valid &&
				    identity_has(own, list->items[j].text, run->input->envelope->delimiter))
					return address_spec(&list->items[j], run->arena);
		}
	return NULL;
}

/* ---- the answer ---- */

static SieveStatus expand_tag(SieveRun *run, const SieveNode *node, const char *name, Slice *value)
{
	const SieveTagUse *use = sieve_tag(node, name);

	*value = (Slice){ 0 };
	return use ? sieve_expand(run, use->value.strings.items, value) : SIEVE_OK;
}

static SieveStatus set_from(SieveRun *run, const SieveNode *node, const char *own, Action *action)
{
	Slice from;
	SieveStatus status = expand_tag(run, node, "from", &from);
	const char *known = identity_address(sieve_setting(run, "user_email"), run->input->envelope,
					     run->arena);

	if (status != SIEVE_OK)
		return status;
	action->from = known ? known : own;
	if (!from.data)
		return SIEVE_OK;
	if (!address_list_is_safe(from, run->arena))
		return sieve_fail(run, sieve_tag(node, "from")->span,
				  "'%.*s' is no address to send mail from", (int)utf8_cut(from, SHOWN).length,
				  from.data);
	action->from = sieve_clean_line(run, from, LIMIT_FIELD_LENGTH);
	return SIEVE_OK;
}

static const char *setting_or(const SieveRun *run, const char *name, const char *otherwise)
{
	const char *value = sieve_setting(run, name);

	return value && *value ? value : otherwise;
}

/* Section 5.3 */
static SieveStatus set_subject(SieveRun *run, const SieveNode *node, Action *action)
{
	const char *original = sieve_header_text(run, sieve_answered_header(run), SLICE("Subject"));
	Slice subject;
	SieveStatus status = expand_tag(run, node, "subject", &subject);

	if (status != SIEVE_OK)
		return status;
	if (subject.data)
		action->subject = sieve_cut_subject(run,
						    sieve_clean_line(run, subject, LIMIT_SUBJECT_LENGTH));
	else if (original)
		action->subject = sieve_make_subject(
			run, setting_or(run, "vacation_default_subject_template", "Auto: %{subject}"),
			original);
	else
		action->subject = sieve_cut_subject(
			run, setting_or(run, "vacation_default_subject", "Automated reply"));
	return SIEVE_OK;
}

/* The address in `field` that is `wanted`, or the first when that is NULL, with its name. */
static const char *mailbox_in(SieveRun *run, const HeaderField *field, const char *wanted)
{
	const AddressList *list = sieve_field_addresses(run, field);
	AUTO_VALUE(Text) mailbox = { 0 };

	for (size_t i = 0; i < list->count; i++)
		if ((!wanted || ascii_equal_fold_string(list->items[i].text, wanted)) &&
		    address_write(&list->items[i], &mailbox, run->arena))
			return sieve_clean_line(run, text_slice(&mailbox), LIMIT_FIELD_LENGTH);
	return NULL;
}

/* Section 5.5; with the name that the sender goes by, when the header has it. */
static void set_to(SieveRun *run, Action *action)
{
	static const char *const names[] = { "Sender", "Resent-From", "From" };
	const bool any = sieve_setting_is(run, "vacation_to_header_ignore_envelope", false);
	const HeaderIndex *header = sieve_answered_header(run);

	for (size_t i = 0; i < sizeof names / sizeof *names && !action->to; i++)
		for (const HeaderField *field = header_find(header, slice_of(names[i])); field && !action->to;
		     field = header_next(header, field))
			action->to = mailbox_in(run, field, any ? NULL : action->address);
}

/* Section 4.2: what tells this answer from others, before variables are put in. */
static SieveStatus set_handle(SieveRun *run, const SieveNode *node, Action *action)
{
	static const char *const names[] = { "subject", "from" };
	Slice parts[6] = { SLICE("answer"), SLICE(""), SLICE(""), SLICE("") };
	size_t count = 4;
	char hex[DIGEST_HEX];
	Slice handle;
	SieveStatus status = expand_tag(run, node, "handle", &handle);

	if (status != SIEVE_OK)
		return status;
	if (handle.data) {
		digest_of((Slice[]){ SLICE("handle"), handle }, 2, hex);
	} else {
		parts[1] = sieve_string(node, 0)->text;
		parts[2] = sieve_tag(node, "mime") ? SLICE("mime") : SLICE("");
		parts[3] = sieve_tag(node, "subject") ? SLICE("subject") : SLICE("");
		for (size_t i = 0; i < 2; i++)
			if (sieve_tag(node, names[i]))
				parts[count++] = sieve_tag(node, names[i])->value.strings.items->text;
		digest_of(parts, count, hex);
	}
	action->handle = arena_copy_string(run->arena, hex);
	return SIEVE_OK;
}

/* Section 4.1 and RFC 6131, 2: within the site's bounds. */
static uint64_t period_of(const SieveRun *run, const SieveNode *node)
{
	const uint64_t least = sieve_setting_number(run, "vacation_min_period_s", DAY_S);
	const uint64_t most = sieve_setting_number(run, "vacation_max_period_s", 60 * DAY_S);
	const SieveTagUse *days = sieve_tag(node, "days"), *seconds = sieve_tag(node, "seconds");
	uint64_t period = sieve_setting_number(run, "vacation_default_period_s", 7 * DAY_S);

	if (seconds)
		period = seconds->value.number;
	else if (days) /* no days at all is not for ":days" to say */
		period = days->value.number
				 ? days->value.number < UINT32_MAX ? days->value.number * DAY_S : UINT64_MAX
			 : least ? 0
				 : DAY_S;
	if (period < least)
		period = least;
	return period < most || most < least ? period : most;
}

/* The reason is a MIME entity, or is sent as text. */
static SieveStatus set_text(SieveRun *run, const SieveNode *node, Action *action)
{
	const SieveString *reason = sieve_string(node, 0);
	Slice text;
	SieveStatus status = sieve_expand(run, reason, &text);
	Entity entity;

	if (status != SIEVE_OK)
		return status;
	action->text = sieve_clean_text(run, text);
	if (!sieve_tag(node, "mime"))
		return SIEVE_OK;
	entity = entity_of(slice_of(action->text));
	if (entity == RAW_8BIT)
		return sieve_fail(run, reason->span, RAW_8BIT_TEXT);
	action->is_mime = entity == ENTITY;
	if (entity == NO_HEADER && !sieve_is_constant(reason))
		sieve_warn(run, reason->span, NO_HEADER_TEXT);
	return SIEVE_OK;
}

static SieveStatus compose(SieveRun *run, const SieveNode *node, const char *own, Action *action)
{
	SieveStatus status = set_text(run, node, action);

	if (status == SIEVE_OK)
		status = set_from(run, node, own, action);
	if (status == SIEVE_OK)
		status = set_subject(run, node, action);
	if (status == SIEVE_OK)
		status = set_handle(run, node, action);
	action->seconds = period_of(run, node);
	sieve_header_ids(run, sieve_answered_header(run), &action->message_id, &action->references);
	set_to(run, action);
	return status;
}

static SieveStatus vacation(SieveRun *run, const SieveNode *node)
{
	const char *sender = sender_of(run), *to;
	Identity own;
	Action action;
	bool answered;
	SieveStatus status = sieve_action(run, node, ACTION_VACATION, &action);

	if (status == SIEVE_OK)
		status = own_addresses(run, node, &own);
	if (status != SIEVE_OK)
		return status;
	to = addressed_to(run, &own);
	answered = sender_allows(run, node, &own, sender) && header_allows(run, node) &&
		   (to || !sieve_setting_is(run, "vacation_check_recipient", true) ||
		    refuse(run, node, "no address of the user's is in To, Cc, Bcc or a Resent field",
			   SLICE("")));
	action.address = sender;
	/* A script that is wrong is wrong before every message. */
	status = compose(run, node, to, &action);
	if (status != SIEVE_OK)
		return status;
	return answered ? sieve_act(run, node, &action) : sieve_act_idly(run, node, &action);
}

static const SieveActionInfo info = {
	.about = "answers the message, each sender once in a while",
	.document = "RFC 5230",
	.interactions = "an error with reject and ereject, and when executed twice",
	.with_imap_events = false,
};

static const SieveVerb commands[] = {
	{ .name = "vacation",
	  .parameters = SIEVE_PARAMETERS({ "reason", SIEVE_STRING }),
	  .plans = 1u << ACTION_VACATION,
	  .action = &info,
	  .check = check_vacation,
	  .act = vacation },
	{ 0 },
};

static const SieveTag tags[] = {
	{ .name = "addresses", .of = "vacation", .value = SIEVE_STRING_LIST, .check = check_addresses },
	{ .name = "days", .of = "vacation", .value = SIEVE_NUMBER, .group = "period" },
	{ .name = "from", .of = "vacation", .value = SIEVE_STRING, .check = check_from },
	{ .name = "handle", .of = "vacation", .value = SIEVE_STRING },
	{ .name = "mime", .of = "vacation" },
	{ .name = "subject", .of = "vacation", .value = SIEVE_STRING },
	{ 0 },
};

const SieveExtension sieve_ext_vacation = {
	.capability = "vacation",
	.about = "answer messages while nobody reads them",
	.document = "RFC 5230",
	.commands = commands,
	.tags = tags,
};
