/* compose_reject - a refusal by mail: "reject" as a disposition notification, "ereject" as a bounce
 * RFC 5429, sections 2.1.2 and 2.2.1; RFC 8098; RFC 3464; RFC 6522
 *
 * Of the message only its header goes back: who forged a sender shall not have us pass his text on. */
#include <string.h>

#include "base/ascii.h"
#include "delivery/compose_parts.h"
#include "message/address.h"
#include "message/identity.h"

/* Whom it came to, as the sender may know him. */
static const char *refuser(const Composing *composing)
{
	const char *recipient = identity_recipient(composing->envelope, composing->host, composing->arena);

	return recipient ? recipient : compose_owner(composing);
}

static void append_reason(const Composing *composing, Text *out, const Action *action)
{
	AUTO_VALUE(Text) text = { 0 };

	text_printf(&text,
		    "Your message to %s was refused by the recipient's\n"
		    "mail filtering rules, and was not read.  The reason given is:\n\n",
		    refuser(composing));
	compose_lines(&text, slice_of(action->text));
	compose_text(out, text_slice(&text));
}

/* What the sender called the recipient, when that is known (RFC 3461, 6.3); else what the MTA did. */
static void append_original(const Composing *composing, Text *out)
{
	const char *told = composing->envelope->dsn_recipient;
	const char *original = identity_original_recipient(composing->envelope, composing->host,
							   composing->arena);

	if (told && ascii_starts_with_fold(slice_of(told), "rfc822;"))
		compose_report_address(out, "Original-Recipient", told + strlen("rfc822;"));
	else if (told)
		compose_structured(composing, out, "Original-Recipient", slice_of(told));
	else if (original)
		compose_report_address(out, "Original-Recipient", original);
}

static void append_recipients(const Composing *composing, Text *out)
{
	append_original(composing, out);
	compose_report_address(out, "Final-Recipient", refuser(composing));
}

/* RFC 8098, 3.2; what was "deleted" was so by rules (RFC 5429, 2.2.1). */
static void append_disposition(const Composing *composing, Text *out, const Action *action)
{
	const char *host = composing->host ? composing->host : "localhost";

	text_append_string(out, "Content-Type: message/disposition-notification\n\n");
	compose_structured(composing, out, "Reporting-UA",
			   slice_of(arena_printf(composing->arena, "%s; trommel " TROMMEL_VERSION, host)));
	append_recipients(composing, out);
	if (action->message_id)
		compose_structured(composing, out, "Original-Message-ID", slice_of(action->message_id));
	text_append_string(out, "Disposition: automatic-action/MDN-sent-automatically; deleted\n");
}

/* RFC 3464, 2.2 and 2.3 */
static void append_status(const Composing *composing, Text *out, const Action *action)
{
	const char *host = composing->host ? composing->host : "localhost";

	text_append_string(out, "Content-Type: message/delivery-status\n\n");
	if (composing->envelope->dsn_id)
		compose_structured(composing, out, "Original-Envelope-Id",
				   slice_of(composing->envelope->dsn_id));
	compose_structured(composing, out, "Reporting-MTA",
			   slice_of(arena_printf(composing->arena, "dns; %s", host)));
	text_append_char(out, '\n');
	append_recipients(composing, out);
	text_append_string(out, "Action: failed\nStatus: 5.7.1\n");
	compose_structured(composing, out, "Diagnostic-Code",
			   slice_of(arena_printf(composing->arena, "smtp; 550 %s",
						 compose_refusal(action->text, composing->arena))));
}

static void append_header(const Composing *composing, Text *out)
{
	Slice header = composing->message->header;

	text_printf(out, "Content-Type: text/rfc822-headers\nContent-Transfer-Encoding: %s\n\n",
		    compose_is_8bit(header) ? "8bit" : "7bit");
	compose_header(out, header);
}

static void append_report(const Composing *composing, Text *out, const Action *action)
{
	compose_start_report(composing, out,
			     action->is_ereject ? "delivery-status" : "disposition-notification");
	append_reason(composing, out, action);
	compose_next_part(composing, out, false);
	(action->is_ereject ? append_status : append_disposition)(composing, out, action);
	compose_next_part(composing, out, false);
	append_header(composing, out);
	compose_next_part(composing, out, true);
}

/* Did the sender say, and not name failures (RFC 3461, 4.1)? */
static bool wants_no_report(const Envelope *envelope)
{
	const char *at = envelope->dsn_notify;

	while (at && *at) {
		size_t length = strcspn(at, ", ");

		if (ascii_equal_fold(slice(at, length), SLICE("FAILURE")))
			return false;
		at += length + (at[length] != '\0');
	}
	return envelope->dsn_notify != NULL;
}

/* A disposition notification is from its Final-Recipient (RFC 8098, 3.2.4), a bounce from who runs the place
 * (RFC 3464, 2). */
static void append_from(const Composing *composing, Text *out, const Action *action)
{
	const char *recipient = refuser(composing), *postmaster = compose_postmaster(composing);

	if (action->is_ereject)
		compose_addresses(composing, out, "From",
				  arena_printf(composing->arena, "Postmaster <%s>", postmaster), postmaster);
	else
		compose_addresses(composing, out, "From", recipient, recipient);
}

const char *compose_reject(const Composing *composing, const Action *action, Composed *mail)
{
	AUTO_VALUE(Text) out = { 0 };
	const char *to = compose_address(composing, "sender");

	if (to && !*to)
		return "the sender is null";
	if (!to)
		return "no mail can be sent to the sender";
	if (action->is_ereject && wants_no_report(composing->envelope))
		return "the sender wants no report of it (NOTIFY)";
	compose_start(composing, &out);
	append_from(composing, &out, action);
	compose_addresses(composing, &out, "To", to, to);
	compose_field(composing, &out, "Subject", action->subject ? action->subject : "Rejected");
	compose_thread(composing, &out, action);
	text_append_string(&out, "Auto-Submitted: auto-replied (rejected)\n");
	append_report(composing, &out, action);
	compose_recipient(composing, mail, to);
	mail->head = arena_copy_slice(composing->arena, text_slice(&out));
	return NULL;
}
