/* A reply of a server, whatever it is, ends within its limits and becomes one line about it with a status
 * that fits its code (RFC 5321, 4.2). */
#include "fuzz.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "delivery/smtp_reply.h"

static bool is_one_line(const char *text)
{
	for (; *text; text++)
		if (ascii_is_control(*text))
			return false;
	return true;
}

static void look_at_failure(const Failure *why, bool is_refusal)
{
	LAW(why->kind == FAILURE_RETRY || (is_refusal && why->kind == FAILURE_REFUSED));
	LAW(is_one_line(why->text), "%s", why->text);
	LAW(why->code[0] == (why->kind == FAILURE_REFUSED ? '5' : '4'), "%s", why->code);
	for (const char *at = why->code; *at; at++)
		LAW(*at == '.' || ascii_is_digit(*at), "%s", why->code);
}

static void look_at_whole(const SmtpReply *reply)
{
	Failure why = { 0 }, later = { 0 };

	LAW(reply->code >= 200 && reply->code <= 599);
	LAW(smtp_reply_class(reply) == reply->code / 100);
	LAW(!smtp_reply_failure(reply, "mx.example.org", "the recipient", &why));
	look_at_failure(&why, smtp_reply_class(reply) == 5);
	LAW(!smtp_reply_retry(reply, "mx.example.org", "the recipient", &later));
	look_at_failure(&later, false);
}

static void fuzz(Slice input)
{
	AUTO_VALUE(SmtpReply) reply = { 0 };

	while (input.length) {
		const char *end = memchr(input.data, '\n', input.length);
		Slice line = slice(input.data, end ? (size_t)(end - input.data) : input.length);
		SmtpReplyState state = smtp_reply_add(&reply, line);

		input = slice_from(input, line.length + 1);
		LAW(reply.lines.length <= SMTP_REPLY_BYTES_MAX + SMTP_REPLY_LINES_MAX);
		LAW(reply.line_count <= SMTP_REPLY_LINES_MAX);
		if (state == SMTP_REPLY_WHOLE)
			look_at_whole(&reply);
		if (state != SMTP_REPLY_MORE)
			smtp_reply_reset(&reply);
	}
}
