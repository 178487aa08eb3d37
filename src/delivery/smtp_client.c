#include "delivery/smtp_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "delivery/smtp_command.h"
#include "delivery/smtp_data.h"
#include "delivery/smtp_features.h"
#include "delivery/smtp_reply.h"
#include "system/endpoint.h"
#include "system/feeder.h"
#include "system/host.h"
#include "system/stream.h"

enum {
	CONNECT_S = 30,
	STEP_S = 60,   /* for one command and its reply, or for one piece of the message */
	GOODBYE_S = 5, /* for the reply to QUIT, which changes nothing any more */
	PIECE_BYTES = 64 * 1024,
	HOST_NAME_MAX_BYTES = 255,
};

typedef struct Session {
	SmtpTransaction transaction;
	Endpoint endpoint;
	unsigned whole_s;
	Stream *stream;
	SmtpReply reply;
	Text host;
	bool *is_named;      /* for each recipient: the server has accepted it */
	Failure refusals;    /* of some recipients; FAILURE_NONE: there were none */
	bool is_out_of_step; /* nothing can be said any more: the connection is lost, or in the middle of a
			      * message */
} Session;

static void session_clear(Session *session)
{
	stream_close(session->stream);
	smtp_reply_clear(&session->reply);
	text_clear(&session->host);
	free(session->is_named);
}

DEFINE_AUTO_VALUE(Session, session_clear)

/* -- Words --------------------------------------------------------------------------------------------- */

static bool read_reply(Session *session, Failure *why)
{
	SmtpReplyState state = SMTP_REPLY_MORE;

	smtp_reply_reset(&session->reply);
	while (state == SMTP_REPLY_MORE) {
		Slice line;

		session->is_out_of_step = true;
		if (!stream_read_line(session->stream, &line, why))
			return false;
		state = smtp_reply_add(&session->reply, line);
	}
	if (state == SMTP_REPLY_BROKEN)
		return failure_retry(why, "%s sent what is no reply", session->transaction.name);
	/* 421 is said before hanging up, whatever was asked (RFC 5321, 3.8). */
	session->is_out_of_step = session->reply.code == 421;
	return true;
}

/* Sends one line and reads the reply to it. */
static bool ask(Session *session, const char *command, Failure *why)
{
	AUTO_VALUE(Text) line = { 0 };

	text_printf(&line, "%s\r\n", command);
	stream_begin_step(session->stream, STEP_S);
	session->is_out_of_step = true;
	return stream_write(session->stream, text_slice(&line), why) && read_reply(session, why);
}

/* Is the reply of the hoped-for class?  If not, it refuses `what`. */
static bool is_granted(const Session *session, unsigned class, const char *what, Failure *why)
{
	return smtp_reply_class(&session->reply) == class ||
	       smtp_reply_failure(&session->reply, session->transaction.name, what, why);
}

/* -- Saying hello -------------------------------------------------------------------------------------- */

static bool is_host_name(const char *name)
{
	bool has_dot = false;

	for (const char *c = name; *c; c++) {
		if (!ascii_is_alnum(*c) && *c != '-' && *c != '.')
			return false;
		has_dot |= *c == '.';
	}
	return has_dot && strlen(name) <= HOST_NAME_MAX_BYTES;
}

/* RFC 5321, 4.1.4: the name when it is a domain, else our address. */
static void find_own_name(Session *session, const Config *config)
{
	const Host host = host_find(config);
	const char *name = host_in_mail(&host);

	if (is_host_name(name))
		text_append_string(&session->host, name);
	else
		stream_own_address(session->stream, &session->host);
	session->transaction.host = text_string(&session->host);
}

static bool greet(Session *session, const char *verb, Failure *why)
{
	AUTO_VALUE(Text) command = { 0 };

	text_printf(&command, "%s %s", verb, text_string(&session->host));
	return ask(session, text_string(&command), why);
}

/* Servers older than RFC 1869 know only HELO. */
static bool knows_no_ehlo(const Session *session)
{
	return session->endpoint.protocol == ENDPOINT_SMTP &&
	       (session->reply.code == 500 || session->reply.code == 502);
}

/* What is refused here is not this mail, so it is refused for now. */
static bool is_welcome(const Session *session, const char *what, Failure *why)
{
	return smtp_reply_class(&session->reply) == 2 ||
	       smtp_reply_retry(&session->reply, session->transaction.name, what, why);
}

static bool say_hello(Session *session, Failure *why)
{
	stream_begin_step(session->stream, STEP_S);
	if (!read_reply(session, why) || !is_welcome(session, "the connection", why) ||
	    !greet(session, session->endpoint.protocol == ENDPOINT_LMTP ? "LHLO" : "EHLO", why))
		return false;
	if (knows_no_ehlo(session))
		return greet(session, "HELO", why) && is_welcome(session, "our greeting", why);
	session->transaction.features = smtp_features_read(&session->reply);
	return is_welcome(session, "our greeting", why);
}

/* -- The message --------------------------------------------------------------------------------------- */

/* Reads the message through `data`; what it looks like on the wire goes to the server unless `stream` is
 * NULL. */
static bool pass_message(const Outgoing *mail, SmtpData *data, Stream *stream, Failure *why)
{
	AUTO_VALUE(Feeder) feeder = { .bytes = -1, .word = -1 };
	AUTO_VALUE(Text) wire = { 0 };
	auto_free char *piece = memory_new(PIECE_BYTES);
	ssize_t got;

	if (!feeder_start(&feeder, mail->write, mail->self, why))
		return false;
	while ((got = feeder_read(&feeder, piece, PIECE_BYTES)) > 0) {
		smtp_data_add(data, slice(piece, (size_t)got), stream ? &wire : NULL);
		if (stream) {
			stream_begin_step(stream, STEP_S);
			if (!stream_write(stream, text_slice(&wire), why))
				return false;
			text_reset(&wire);
		}
	}
	if (got < 0)
		return failure_errno(why, "read the message");
	if (!feeder_finish(&feeder, why))
		return false;
	smtp_data_end(data, stream ? &wire : NULL);
	return !stream || stream_write(stream, text_slice(&wire), why);
}

/* A server that has seen enough may refuse and hang up before it has all.  What it said is a better reason
 * than that it is gone, when it can still be read. */
static void hear_last_words(Session *session, Failure *why)
{
	Failure ignored = { 0 };

	stream_begin_step(session->stream, GOODBYE_S);
	if (read_reply(session, &ignored) && smtp_reply_class(&session->reply) >= 4)
		is_granted(session, 2, "the message", why);
}

static bool is_gone(const Failure *why)
{
	return why->error == EPIPE || why->error == ECONNRESET;
}

/* What a server says before it has the end of the message is no word about it, unless it refuses: one that is
 * out of step would have its next reply taken for the verdict. */
static bool is_listening(Session *session, Failure *why)
{
	if (!stream_has_more(session->stream))
		return true;
	if (!read_reply(session, why))
		return false;
	session->is_out_of_step = true;
	if (smtp_reply_class(&session->reply) >= 4)
		return is_granted(session, 2, "the message", why);
	return failure_retry(why, "%s answered with %u before it had all of the message",
			     session->transaction.name, session->reply.code);
}

static bool send_message(Session *session, Failure *why)
{
	SmtpData data = { 0 };

	session->is_out_of_step = true;
	if (!pass_message(session->transaction.mail, &data, session->stream, why)) {
		if (is_gone(why))
			hear_last_words(session, why);
		session->is_out_of_step = true;
		return false;
	}
	stream_begin_step(session->stream, session->whole_s);
	return is_listening(session, why) && stream_write(session->stream, SLICE(".\r\n"), why);
}

/* -- Who took it --------------------------------------------------------------------------------------- */

/* Who has it all and does not answer may have taken it, and nobody can know (RFC 5321, 4.5.3.2.6). */
static bool read_verdict(Session *session, Failure *why)
{
	return read_reply(session, why) || failure_add(why, "and may have taken the message");
}

static bool smtp_verdict(Session *session, Failure *why)
{
	return read_verdict(session, why) && is_granted(session, 2, "the message", why);
}

/* Of several the first is told; one that may still take it later decides whether it is tried again. */
static void add_refusal(Session *session, const Failure *refusal)
{
	Failure *told = &session->refusals;

	if (told->kind == FAILURE_NONE || (told->kind == FAILURE_REFUSED && refusal->kind == FAILURE_RETRY))
		*told = *refusal;
}

/* RFC 2033, 4.2: a reply for each recipient, in the order of the RCPTs. */
static bool lmtp_verdict(Session *session, Failure *why)
{
	const Outgoing *mail = session->transaction.mail;
	AUTO_VALUE(Text) takers = { 0 };

	for (size_t i = 0; i < mail->recipient_count; i++) {
		AUTO_VALUE(Text) what = { 0 };
		Failure refusal = { 0 };

		if (!session->is_named[i])
			continue;
		text_printf(&what, "the message for %s", mail->recipients[i]);
		if (!read_verdict(session, why))
			return false;
		if (is_granted(session, 2, text_string(&what), &refusal))
			text_printf(&takers, "%s%s", takers.length ? ", " : "", mail->recipients[i]);
		else
			add_refusal(session, &refusal);
	}
	if (!takers.length) {
		*why = session->refusals;
		return false;
	}
	if (session->refusals.kind != FAILURE_NONE)
		failure_add(&session->refusals, "but took it for %s", text_string(&takers));
	return true;
}

/* -- All of it ----------------------------------------------------------------------------------------- */

static bool name_sender(Session *session, Failure *why)
{
	AUTO_VALUE(Text) command = { 0 }, what = { 0 };

	text_printf(&what, "the sender <%s>", session->transaction.mail->sender);
	return smtp_mail_command(&session->transaction, &command, why) &&
	       ask(session, text_string(&command), why) && is_granted(session, 2, text_string(&what), why);
}

/* 552 in answer to a recipient is to be taken for 452 (RFC 5321, 4.5.3.1.10). */
static bool is_accepted(const Session *session, const char *what, Failure *why)
{
	if (session->reply.code == 552)
		return smtp_reply_retry(&session->reply, session->transaction.name, what, why);
	return is_granted(session, 2, what, why);
}

static bool name_recipient(Session *session, size_t index, Failure *why)
{
	AUTO_VALUE(Text) command = { 0 }, what = { 0 };

	text_printf(&what, "the recipient <%s>", session->transaction.mail->recipients[index]);
	return smtp_rcpt_command(&session->transaction, index, &command, why) &&
	       ask(session, text_string(&command), why) && is_accepted(session, text_string(&what), why);
}

/* One that is refused for good keeps nobody else from getting it.  One that is put off has all wait: nothing
 * has happened yet. */
static bool name_recipients(Session *session, Failure *why)
{
	const size_t count = session->transaction.mail->recipient_count;
	bool any = false;

	session->is_named = memory_zeroed(count, sizeof *session->is_named);
	for (size_t i = 0; i < count; i++) {
		Failure refusal = { 0 };

		any |= session->is_named[i] = name_recipient(session, i, &refusal);
		if (refusal.kind == FAILURE_RETRY || session->is_out_of_step) {
			*why = refusal;
			return false;
		}
		if (!session->is_named[i])
			add_refusal(session, &refusal);
	}
	if (!any)
		*why = session->refusals;
	return any;
}

static bool transact(Session *session, Failure *why)
{
	return name_sender(session, why) && name_recipients(session, why) && ask(session, "DATA", why) &&
	       is_granted(session, 3, "the message", why) && send_message(session, why) &&
	       (session->endpoint.protocol == ENDPOINT_LMTP ? lmtp_verdict(session, why)
							    : smtp_verdict(session, why));
}

/* RFC 5321, 4.1.1.10: nobody hangs up without it, or before it was answered.  What comes of it does not
 * matter.
 */
static void say_goodbye(Session *session)
{
	Failure ignored = { 0 };

	if (session->is_out_of_step)
		return;
	stream_begin_step(session->stream, GOODBYE_S);
	if (stream_write(session->stream, SLICE("QUIT\r\n"), &ignored))
		read_reply(session, &ignored);
}

bool smtp_submit(const Config *config, const Outgoing *mail, Failure *why)
{
	AUTO_VALUE(Session)
	session = {
		.transaction = { .name = config->submission, .mail = mail },
		.whole_s = config->submission_timeout_s,
	};
	bool done;

	if (!endpoint_parse(slice_of(config->submission), &session.endpoint))
		return failure_retry(why, "submission wants " ENDPOINT_WANTED);
	if (!pass_message(mail, &session.transaction.data, NULL, why))
		return false;
	session.stream = stream_connect(&session.endpoint, config->submission, CONNECT_S, session.whole_s,
					why);
	if (!session.stream)
		return false;
	find_own_name(&session, config);
	done = say_hello(&session, why) && transact(&session, why);
	if (done)
		*why = session.refusals;
	say_goodbye(&session);
	return done;
}
