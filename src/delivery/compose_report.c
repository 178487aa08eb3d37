/* compose_report - a report of abuse
 * RFC 5965 (the format); RFC 6522; spec-bosch-sieve-report */
#include "base/ascii.h"
#include "delivery/compose_parts.h"
#include "message/address.h"
#include "message/date.h"
#include "message/identity.h"

/* RFC 5965, 3.1 and 3.2.  Whom the message was to stays ours, unless the site knows an address of his. */
static void append_feedback(const Composing *composing, Text *out, const Action *action)
{
	const Envelope *envelope = composing->envelope;
	const char *sender = compose_address(composing, "sender");
	const char *user = identity_address(composing->config->user_email, envelope, composing->arena);
	const char *host = composing->host ? composing->host : "localhost";

	text_printf(out,
		    "Content-Type: message/feedback-report\n\n"
		    "Feedback-Type: %s\n"
		    "User-Agent: trommel/" TROMMEL_VERSION "\n"
		    "Version: 1\n",
		    action->type);
	if (envelope->sender_known && sender)
		compose_structured(composing, out, "Original-Mail-From",
				   slice_of(arena_printf(composing->arena, "<%s>", sender)));
	text_append_string(out, "Arrival-Date: ");
	date_write_rfc5322(composing->now, composing->zone_minutes, out);
	text_append_char(out, '\n');
	compose_structured(composing, out, "Reporting-MTA",
			   slice_of(arena_printf(composing->arena, "dns; %s", host)));
	if (user)
		compose_structured(composing, out, "Reporting-User",
				   slice_of(arena_printf(composing->arena, "<%s>", user)));
}

static void append_original(const Composing *composing, Text *out, const Action *action, Composed *mail)
{
	text_printf(out, "Content-Type: %s\nContent-Transfer-Encoding: 8bit\nContent-Disposition: %s\n\n",
		    action->headers_only ? "text/rfc822-headers" : "message/rfc822",
		    action->headers_only ? "inline" : "attachment");
	if (action->headers_only)
		compose_header(out, composing->message->header);
	else
		mail->included = composing->message;
}

/* What bounces must not come back to whom it is about. */
static const char *reporter_of(const Composing *composing)
{
	const char *address = compose_address(composing, composing->config->report_from);

	return address && *address ? address : compose_postmaster(composing);
}

static void append_head(const Composing *composing, Text *out, const Action *action)
{
	const char *from = reporter_of(composing);
	bool is_postmaster = ascii_strings_equal_fold(from, compose_postmaster(composing));

	compose_start(composing, out);
	compose_addresses(composing, out, "From",
			  is_postmaster ? arena_printf(composing->arena, "Postmaster <%s>", from) : from,
			  from);
	compose_addresses(composing, out, "To", action->address, action->address);
	compose_field(composing, out, "Subject", action->subject ? action->subject : "Report");
	text_append_string(out, "Auto-Submitted: auto-generated (report)\n");
}

const char *compose_report(const Composing *composing, const Action *action, Composed *mail)
{
	AUTO_VALUE(Text) out = { 0 };
	AUTO_VALUE(Text) tail = { 0 };

	if (!action->address || !address_is_safe(slice_of(action->address)))
		return "no mail can be sent to whom it is for";
	if (!action->type || !plan_report_type_valid(slice_of(action->type)))
		return "its type is no word";
	append_head(composing, &out, action);
	compose_start_report(composing, &out, "feedback-report");
	compose_text(&out, slice_of(action->text));
	compose_next_part(composing, &out, false);
	append_feedback(composing, &out, action);
	compose_next_part(composing, &out, false);
	append_original(composing, &out, action, mail);
	compose_next_part(composing, &tail, true);
	mail->sender = composing->envelope->sender_known && *composing->envelope->sender
			       ? reporter_of(composing)
			       : "";
	compose_recipient(composing, mail, action->address);
	mail->head = arena_copy_slice(composing->arena, text_slice(&out));
	mail->tail = arena_copy_slice(composing->arena, text_slice(&tail));
	return NULL;
}
