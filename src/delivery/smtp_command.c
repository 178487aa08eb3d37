#include "delivery/smtp_command.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "message/address.h"

enum {
	ENVID_MAX = 100, /* RFC 3461, section 4.4, and 4.2 for the other */
	ORCPT_MAX = 500,
	BY_DIGITS_MAX = 9, /* RFC 2852, section 4 */
};

static bool refuse(const SmtpTransaction *transaction, const char *code, const char *what, Failure *why)
{
	return failure_set(why, FAILURE_REFUSED, code, "%s was not asked: %s", transaction->name, what);
}

/* -- Addresses ----------------------------------------------------------------------------------------- */

/* A user's name alone is an address on this host. */
static void append_address(const SmtpTransaction *transaction, const char *address, Text *out)
{
	text_append_string(out, address);
	if (*address && !strchr(address, '@'))
		text_printf(out, "@%s", transaction->host);
}

static bool append_path(const SmtpTransaction *transaction, const char *address, const char *code, Text *out,
			Failure *why)
{
	AUTO_VALUE(Text) whole = { 0 };

	append_address(transaction, address, &whole);
	if (whole.length && !address_is_safe(text_slice(&whole)))
		return refuse(transaction, code, "an address of the envelope is none", why);
	text_printf(out, "<%s>", text_string(&whole));
	return true;
}

static bool is_beyond_ascii(const Outgoing *mail)
{
	bool beyond = !ascii_only(slice_of(mail->sender));

	for (size_t i = 0; i < mail->recipient_count; i++)
		beyond |= !ascii_only(slice_of(mail->recipients[i]));
	return beyond;
}

/* -- Parameters ---------------------------------------------------------------------------------------- */

static bool append_size(const SmtpTransaction *transaction, Text *out, Failure *why)
{
	const uint64_t size = transaction->data.size_bytes, most = transaction->features.size_max;

	if (!transaction->features.size)
		return true;
	if (most && size > most)
		return failure_set(why, FAILURE_REFUSED, "5.3.4",
				   "%s takes messages of %" PRIu64
				   " bytes at most, and this one has %" PRIu64,
				   transaction->name, most, size);
	text_printf(out, " SIZE=%" PRIu64, size);
	return true;
}

/* A header of UTF-8 is announced where that can be done; other bytes above 127 in it are no UTF-8 to
 * announce.
 */
static bool append_charset(const SmtpTransaction *transaction, Text *out, Failure *why)
{
	const SmtpFeatures *features = &transaction->features;
	const bool needed = is_beyond_ascii(transaction->mail);

	if (needed && !features->utf8)
		return failure_set(why, FAILURE_REFUSED, "5.6.7", "%s takes no addresses beyond ASCII",
				   transaction->name);
	if (features->eight_bit && transaction->data.has_eight_bit)
		text_append_string(out, " BODY=8BITMIME");
	if (needed || (features->utf8 && transaction->data.header_is_utf8))
		text_append_string(out, " SMTPUTF8");
	return true;
}

/* RFC 3461, section 4. */
static void append_xtext(const char *text, Text *out)
{
	for (const char *c = text; *c; c++)
		if (*c <= ' ' || *c >= 127 || *c == '+' || *c == '=')
			text_printf(out, "+%02X", (unsigned char)*c);
		else
			text_append_char(out, *c);
}

/* What the rules or an MTA said is one word. */
static bool is_word(const char *text)
{
	for (; *text; text++)
		if (!ascii_is_alpha(*text) && *text != ',')
			return false;
	return true;
}

static void append_word(const char *parameter, const char *word, Text *out)
{
	if (word && *word && is_word(word))
		text_printf(out, " %s=%s", parameter, word);
}

static void append_envelope_id(const char *id, Text *out)
{
	AUTO_VALUE(Text) xtext = { 0 };

	if (!id || !*id)
		return;
	append_xtext(id, &xtext);
	if (xtext.length <= ENVID_MAX)
		text_printf(out, " ENVID=%s", text_string(&xtext));
}

/* "rfc822;user@example.org": what is not ASCII would be another type of address (RFC 6533). */
static void append_original_recipient(const char *recipient, Text *out)
{
	const char *semicolon = recipient ? strchr(recipient, ';') : NULL;
	AUTO_VALUE(Text) xtext = { 0 };

	if (!semicolon || !ascii_starts_with_fold(slice_of(recipient), "rfc822;") ||
	    !ascii_only(slice_of(recipient)))
		return;
	append_xtext(semicolon + 1, &xtext);
	if (xtext.length && xtext.length <= ORCPT_MAX)
		text_printf(out, " ORCPT=rfc822;%s", text_string(&xtext));
}

static bool read_seconds(const char *text, long *seconds)
{
	const char *digits = text + (*text == '-');
	size_t count = strspn(digits, "0123456789");

	if (!count || count > BY_DIGITS_MAX || digits[count])
		return false;
	*seconds = strtol(text, NULL, 10);
	return true;
}

/* RFC 2852, section 4: what must come back late is given only to who can bring it back, and not when it is
 * late already. */
static bool append_deadline(const SmtpTransaction *transaction, Text *out, Failure *why)
{
	const Outgoing *mail = transaction->mail;
	const bool returns = outgoing_must_return(mail);
	long seconds;

	if (!mail->deliver_by || !mail->deliver_by_mode)
		return true;
	if (returns && !transaction->features.deliver_by)
		return refuse(transaction, "5.4.7", "it keeps no deadlines (DELIVERBY)", why);
	if (!read_seconds(mail->deliver_by, &seconds))
		return refuse(transaction, "5.5.4", "the deadline is no number of seconds", why);
	if (returns && seconds <= 0)
		return refuse(transaction, "5.4.7", "the deadline is over", why);
	if (returns && (uint64_t)seconds < transaction->features.deliver_by_min)
		return refuse(transaction, "5.4.7", "the deadline is sooner than it can deliver", why);
	if (transaction->features.deliver_by)
		text_printf(out, " BY=%ld;%s%s", seconds, returns ? "R" : "N",
			    mail->deliver_by_trace ? "T" : "");
	return true;
}

bool smtp_mail_command(const SmtpTransaction *transaction, Text *out, Failure *why)
{
	const Outgoing *mail = transaction->mail;

	text_append_string(out, "MAIL FROM:");
	if (!append_path(transaction, mail->sender, "5.1.7", out, why) ||
	    !append_size(transaction, out, why) || !append_charset(transaction, out, why))
		return false;
	if (transaction->features.dsn) {
		append_word("RET", mail->dsn_return, out);
		append_envelope_id(mail->dsn_id, out);
	}
	return append_deadline(transaction, out, why);
}

bool smtp_rcpt_command(const SmtpTransaction *transaction, size_t index, Text *out, Failure *why)
{
	const Outgoing *mail = transaction->mail;

	text_append_string(out, "RCPT TO:");
	if (!*mail->recipients[index])
		return refuse(transaction, "5.1.3", "there is no recipient", why);
	if (!append_path(transaction, mail->recipients[index], "5.1.3", out, why))
		return false;
	if (transaction->features.dsn) {
		append_word("NOTIFY", mail->dsn_notify, out);
		if (mail->recipient_count == 1)
			append_original_recipient(mail->dsn_recipient, out);
	}
	return true;
}
