#include "delivery/caller.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/ascii.h"
#include "message/address.h"
#include "message/address_write.h"

/* "joe smith@example.org", as options and variables have it, wants quotes in a field and in SMTP.  Stranger
 * things are no address. */
static bool wants_quotes(const char *sender)
{
	const char *at = strrchr(sender, '@');

	return at && sender + strcspn(sender, "()<>,;:\\\"[]@") == at;
}

/* All of "", "<>" and a bare MAILER-DAEMON mean the null sender. */
static const char *normal_sender(Slice sender, Arena *arena)
{
	Text clean = { 0 };

	sender = ascii_trim(sender);
	if (sender.length >= 2 && sender.data[0] == '<' && sender.data[sender.length - 1] == '>')
		sender = ascii_trim(slice(sender.data + 1, sender.length - 2));
	if (sender.length == 0 || ascii_equal_fold(sender, SLICE("MAILER-DAEMON")))
		return "";
	for (size_t i = 0; i < sender.length; i++)
		text_append_char(&clean, ascii_is_control(sender.data[i]) ? '?' : sender.data[i]);
	const char *result = arena_copy_bytes(arena, clean.data, clean.length);
	text_clear(&clean);
	return wants_quotes(result) ? address_in_field(result, arena) : result;
}

/* "From alice@example.org  Tue Nov 24 ..." names its sender up to the first blank, or to the
 * closing quote of a quoted local part. */
static Slice sender_of_from_line(Slice line)
{
	size_t end = 0;
	bool quoted = false;

	if (!ascii_starts_with_fold(line, "From "))
		return SLICE("");
	line = slice_from(line, 5);
	while (end < line.length && (quoted || !ascii_is_blank(line.data[end]))) {
		if (line.data[end] == '\\' && end + 1 < line.length)
			end++;
		else if (line.data[end] == '"')
			quoted = !quoted;
		end++;
	}
	return slice(line.data, end);
}

/* The value of the first field called `name`, if there is one. */
static bool field_value(const HeaderIndex *header, const char *name, Slice *value, Arena *arena)
{
	const HeaderField *field = header_find(header, slice_of(name));

	if (!field)
		return false;
	*value = ascii_trim(header_unfold(field, arena));
	return true;
}

/* Is `line` what Postfix made `filtered` from?  It leaves letters, digits and !@%-_=+:,./ alone
 * (command_expansion_filter) and writes "_" for every other byte. */
static bool filtered_equal(const char *filtered, Slice line)
{
	if (strlen(filtered) != line.length || !strchr(filtered, '_'))
		return false;
	for (size_t i = 0; i < line.length; i++) {
		char c = line.data[i];

		if (c != filtered[i] && (filtered[i] != '_' || ascii_is_alnum(c) || strchr("!@%-_=+:,./", c)))
			return false;
	}
	return true;
}

static Slice without_brackets(Slice value)
{
	if (value.length >= 2 && value.data[0] == '<' && value.data[value.length - 1] == '>')
		return slice(value.data + 1, value.length - 2);
	return value;
}

/* Without quotes, too, as the environment has it. */
static Slice bare_address(Slice value, Arena *arena)
{
	Address address;

	return address_parse_envelope(value, &address, arena) ? address.text : value;
}

/* An address of the environment, mended from the field that the same MTA has put in front. */
static const char *exact_address(const char *from_environment, const HeaderIndex *header, const char *field,
				 Arena *arena)
{
	Slice value;

	if (from_environment && field_value(header, field, &value, arena)) {
		value = without_brackets(value);
		if (filtered_equal(from_environment, bare_address(value, arena)))
			return arena_copy_bytes(arena, value.data, value.length);
	}
	return from_environment;
}

static void find_sender(Envelope *envelope, const DeliveryRequest *request, const Message *message,
			const HeaderIndex *header, Arena *arena)
{
	/* procmail's "-f -" asks for a new time stamp, not for a sender called "-" */
	bool by_option = request->sender && strcmp(request->sender, "-") != 0;
	const char *environment = exact_address(getenv("SENDER"), header, "return-path", arena);
	Slice value;

	envelope->sender_known = true;
	if (by_option)
		envelope->sender = normal_sender(slice_of(request->sender), arena);
	else if (environment)
		envelope->sender = normal_sender(slice_of(environment), arena);
	else if (message->from_line.length)
		envelope->sender = normal_sender(sender_of_from_line(message->from_line), arena);
	else if (field_value(header, "return-path", &value, arena))
		envelope->sender = normal_sender(value, arena);
	else {
		envelope->sender_known = false;
		envelope->sender = "";
	}
}

static const char *not_empty(const char *value)
{
	return value && *value ? value : NULL;
}

/* Exim's pieces of the recipient. */
static const char *local_part_and_domain(Arena *arena)
{
	const char *local_part = not_empty(getenv("LOCAL_PART")), *domain = not_empty(getenv("DOMAIN"));
	const char *suffix = getenv("LOCAL_PART_SUFFIX");

	if (!local_part || !domain)
		return NULL;
	return arena_printf(arena, "%s%s@%s", local_part, suffix ? suffix : "", domain);
}

/* `text` in which line breaks and other controls cannot do harm in a header line we write. */
static const char *printable(const char *text, Arena *arena)
{
	char *copy;

	if (!text)
		return NULL;
	copy = arena_copy_string(arena, text);
	for (char *c = copy; *c; c++)
		if (ascii_is_control(*c))
			*c = '?';
	return copy;
}

/* The detail behind the first delimiter of the recipient's local part, or NULL. */
static const char *detail_of(const char *recipient, const char *delimiter, Arena *arena)
{
	const char *at = strrchr(recipient, '@');
	size_t length = at ? (size_t)(at - recipient) : strlen(recipient);

	for (size_t i = 1; i < length; i++)
		if (strchr(delimiter, recipient[i]))
			return arena_copy_bytes(arena, recipient + i + 1, length - i - 1);
	return NULL;
}

/* What Sendmail's $h and Exim's suffix give may begin with the delimiter itself. */
static const char *without_delimiter(const char *detail, const char *delimiter)
{
	return detail && *detail && strchr(delimiter, *detail) ? detail + 1 : detail;
}

static const char *find_detail(const DeliveryRequest *request, const Envelope *envelope,
			       const char *delimiter, Arena *arena)
{
	static const char *const variables[] = { "EXTENSION", "LOCAL_PART_SUFFIX", "EXT" };

	if (not_empty(request->detail))
		return without_delimiter(request->detail, delimiter);
	if (request->recipient || request->address)
		return detail_of(envelope->recipient, delimiter, arena);
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
		if (not_empty(getenv(variables[i])))
			return without_delimiter(getenv(variables[i]), delimiter);
	return detail_of(envelope->recipient, delimiter, arena);
}

/* Makes recipient, detail and delimiter agree.  Sendmail gives user and detail apart; qmail separates them
 * with
 * "-", whatever is configured here. */
static void join_detail(Envelope *envelope, const char *delimiter, Arena *arena)
{
	const char *recipient = envelope->recipient, *detail = envelope->detail;
	const char *at = strrchr(recipient, '@');
	size_t local = at ? (size_t)(at - recipient) : strlen(recipient);
	size_t length = detail ? strlen(detail) : 0;

	envelope->delimiter = delimiter;
	if (!length || detail_of(recipient, delimiter, arena))
		return;
	if (local > length + 1 && memcmp(recipient + local - length, detail, length) == 0 &&
	    !ascii_is_alnum(recipient[local - length - 1]))
		envelope->delimiter = arena_printf(arena, "%s%c", delimiter, recipient[local - length - 1]);
	else if (*delimiter)
		envelope->recipient = arena_printf(arena, "%.*s%c%s%s", (int)local, recipient, *delimiter,
						   detail, at ? at : "");
}

/* "+XX" in what an MTA hands over as it came by SMTP (RFC 3461, 4: xtext).  A NUL would end the rest, and
 * counts as one of the controls. */
static const char *undo_xtext(const char *text, Arena *arena)
{
	char *copy, *to;

	if (!text)
		return NULL;
	copy = to = arena_copy_string(arena, text);
	for (const char *from = copy; *from; from++) {
		int high = *from == '+' ? ascii_hex_value(from[1]) : -1;
		int low = high >= 0 ? ascii_hex_value(from[2]) : -1;

		*to++ = (char)(low < 0 ? *from : high == 0 && low == 0 ? '?' : high << 4 | low);
		from += low >= 0 ? 2 : 0;
	}
	*to = '\0';
	return printable(copy, arena);
}

/* "120;R", "-5;NT" (RFC 2852, 4): as SMTP's BY= has it, counted from now. */
static void find_deliver_by(Envelope *envelope, int64_t now)
{
	const char *by = not_empty(getenv("DELIVER_BY"));
	long long seconds;
	char *end;

	if (!by)
		return;
	seconds = strtoll(by, &end, 10);
	if (end == by || *end != ';' || !end[1] || !strchr("RrNn", end[1]) || seconds > 999999999 ||
	    seconds < -999999999)
		return;
	envelope->deliver_by = now + seconds;
	envelope->deliver_by_mode = ascii_upper(end[1]);
	envelope->deliver_by_trace = ascii_upper(end[2]) == 'T';
}

/* What the sender asked of reports: no MTA hands it over by itself, so it stands in variables of names that
 * are ours, which a transport sets (trommel(1)). */
static void find_dsn(Envelope *envelope, Arena *arena)
{
	envelope->dsn_notify = printable(not_empty(getenv("DSN_NOTIFY")), arena);
	envelope->dsn_return = printable(not_empty(getenv("DSN_RET")), arena);
	envelope->dsn_id = undo_xtext(not_empty(getenv("DSN_ENVID")), arena);
	envelope->dsn_recipient = undo_xtext(not_empty(getenv("DSN_ORCPT")), arena);
	find_deliver_by(envelope, (int64_t)time(NULL));
}

void caller_envelope(Envelope *envelope, const DeliveryRequest *request, const Message *message,
		     const HeaderIndex *header, const char *delimiter, Arena *arena)
{
	const char *recipient = not_empty(request->recipient);
	const char *original = not_empty(request->address), *environment = not_empty(getenv("RECIPIENT"));

	find_sender(envelope, request, message, header, arena);
	/* an -a "$RECIPIENT" is what the variable is */
	if (!recipient && original && (!environment || strcmp(original, environment) != 0))
		recipient = original;
	if (!recipient)
		recipient = exact_address(environment, header, "delivered-to", arena);
	if (!recipient)
		recipient = local_part_and_domain(arena);
	if (!recipient)
		recipient = not_empty(request->user);
	if (!recipient)
		recipient = envelope->user;
	envelope->recipient = printable(recipient, arena);
	if (!original)
		original = exact_address(not_empty(getenv("ORIGINAL_RECIPIENT")), header, "x-original-to",
					 arena);
	envelope->original_recipient = printable(original, arena);
	envelope->detail = printable(find_detail(request, envelope, delimiter, arena), arena);
	join_detail(envelope, delimiter, arena);
	find_dsn(envelope, arena);
}

bool caller_is_exim(void)
{
	return getenv("LOCAL_PART") && getenv("DOMAIN") && getenv("MESSAGE_ID");
}
