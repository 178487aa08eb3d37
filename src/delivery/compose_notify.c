/* compose_notify - word of a message, by mail or for the program that knows other ways
 * RFC 5435; RFC 5436 (mailto)
 *
 * For the program, and for the copy that ":fcc" files, what is said is a message too (RFC 8580, 4): its body
 * is the text, its fields are the parameters. */
#include <string.h>

#include "base/ascii.h"
#include "delivery/compose_parts.h"
#include "message/address.h"
#include "message/address_write.h"
#include "message/field_write.h"
#include "message/mailto.h"
#include "message/uri.h"

enum {
	OWNER_BYTES = 400
};

/* ---- fields ---- */

static void append_importance(Text *out, unsigned importance)
{
	static const char *const words[][2] = {
		[1] = { "1 (Highest)", "High" },
		[2] = { "3 (Normal)", "Normal" },
		[3] = { "5 (Lowest)", "Low" },
	};
	unsigned at = importance >= 1 && importance <= 3 ? importance : 2;

	text_printf(out, "X-Priority: %s\nImportance: %s\n", words[at][0], words[at][1]);
}

/* RFC 5436, 2.7.1: the owner, so that somebody can be asked to stop it. */
static void append_automatic(const Composing *composing, Text *out)
{
	AUTO_VALUE(Text) owner = { 0 };

	text_append_quoted(&owner, slice_of(compose_owner(composing)));
	if (owner.length > OWNER_BYTES || compose_is_8bit(text_slice(&owner)))
		text_append_string(out, "Auto-Submitted: auto-notified; owner-token=trommel\n");
	else
		text_printf(out, "Auto-Submitted: auto-notified;\n owner-email=%s\n", text_string(&owner));
}

/* Who speaks, where that is an address of mail; "sip:..." is none. */
static const char *mailbox_of(const Action *action)
{
	Slice scheme, rest;

	return action->from && !uri_split(slice_of(action->from), &scheme, &rest) ? action->from : NULL;
}

static void append_common(const Composing *composing, Text *out, const Action *action)
{
	compose_start(composing, out);
	compose_addresses(composing, out, "From", mailbox_of(action), compose_owner(composing));
	compose_field(composing, out, "Subject", action->subject ? action->subject : "New mail");
	append_automatic(composing, out);
	append_importance(out, action->importance);
	text_append_string(out, "MIME-Version: 1.0\n");
}

static void append_body(Text *out, const Action *action)
{
	compose_text(out, slice_of(action->text ? action->text : ""));
}

/* ---- mailto ---- */

static bool is_recipient(const Mailto *mailto, const char *address)
{
	for (size_t i = 0; i < mailto->recipient_count; i++)
		if (mailto_same_address(mailto->recipients[i].address, address))
			return true;
	return false;
}

/* Those that the action names and the URI too, each once. */
static void set_recipients(const Composing *composing, const Action *action, const Mailto *mailto,
			   Composed *mail)
{
	const char **recipients = arena_alloc(composing->arena,
					      (action->recipients.count + 1) * sizeof *recipients);

	for (size_t i = 0; i < action->recipients.count; i++)
		if (is_recipient(mailto, action->recipients.items[i]))
			recipients[mail->recipient_count++] = action->recipients.items[i];
	mail->recipients = recipients;
}

/* RFC 5436, 2.7: what answers nobody is told about in the name of nobody. */
static const char *sender_of(const Composing *composing, const Action *action)
{
	const char *how = composing->config->notify_mailto_envelope_from, *sender = NULL;
	AddressList from;

	if (!composing->envelope->sender_known || !*composing->envelope->sender)
		return "";
	if (*how)
		sender = compose_address(composing, how);
	if (sender)
		return sender;
	from = address_parse_list(slice_of(action->from ? action->from : ""), composing->arena);
	if (from.count)
		sender = address_spec(&from.items[0], composing->arena);
	return sender ? sender : compose_owner(composing);
}

static void append_to(const Composing *composing, Text *out, const Mailto *mailto, MailtoKind kind,
		      const char *name)
{
	AUTO_VALUE(Text) list = { 0 };

	for (size_t i = 0; i < mailto->recipient_count; i++)
		if (mailto->recipients[i].kind == kind)
			text_printf(&list, "%s%s", list.length ? ", " : "", mailto->recipients[i].address);
	if (list.length)
		compose_addresses(composing, out, name, text_string(&list), "");
}

static const char *by_mail(const Composing *composing, const Action *action, const Mailto *mailto,
			   Composed *mail)
{
	AUTO_VALUE(Text) out = { 0 };

	set_recipients(composing, action, mailto, mail);
	if (!mail->recipient_count)
		return "nobody is left to be notified";
	append_common(composing, &out, action);
	append_to(composing, &out, mailto, MAILTO_TO, "To");
	append_to(composing, &out, mailto, MAILTO_CC, "Cc");
	text_append_string(&out, "Precedence: bulk\n");
	for (size_t i = 0; i < mailto->field_count; i++)
		text_append_slice(&out, field_write(mailto->fields[i].name, mailto->fields[i].value, "\n",
						    composing->arena));
	append_body(&out, action);
	mail->sender = sender_of(composing, action);
	mail->head = arena_copy_slice(composing->arena, text_slice(&out));
	return NULL;
}

/* ---- other methods ---- */

static const char *by_program(const Composing *composing, const Action *action, Composed *mail)
{
	AUTO_VALUE(Text) out = { 0 };

	append_common(composing, &out, action);
	if (action->from) /* it may be no address of mail */
		compose_field(composing, &out, "X-Notify-From", action->from);
	for (size_t i = 0; i < action->arguments.count; i++)
		compose_field(composing, &out, "X-Notify-Option", action->arguments.items[i]);
	append_body(&out, action);
	mail->is_mail = false;
	compose_recipient(composing, mail, action->address);
	mail->head = arena_copy_slice(composing->arena, text_slice(&out));
	return NULL;
}

const char *compose_notify(const Composing *composing, const Action *action, Composed *mail)
{
	Slice scheme, rest;
	Failure why = { 0 };
	Mailto mailto;

	if (!action->address || !uri_split(slice_of(action->address), &scheme, &rest))
		return "its method is no URI";
	if (!ascii_equal_fold_string(scheme, "mailto"))
		return by_program(composing, action, mail);
	if (!mailto_parse(rest, &mailto, composing->arena, &why))
		return arena_copy_string(composing->arena, why.text);
	return by_mail(composing, action, &mailto, mail);
}
