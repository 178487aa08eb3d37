#include "delivery/smtp_reply.h"

#include <stdio.h>

#include "base/ascii.h"
#include "base/printable.h"

enum {
	/* Of a failure's text: what others add must have room behind it. */
	WORDS_MAX = 300
};

void smtp_reply_reset(SmtpReply *reply)
{
	text_reset(&reply->lines);
	reply->code = reply->line_count = 0;
}

void smtp_reply_clear(SmtpReply *reply)
{
	text_clear(&reply->lines);
	*reply = (SmtpReply){ 0 };
}

/* The three digits in front, or 0. */
static unsigned read_code(Slice line)
{
	unsigned code = 0;

	if (line.length < 3)
		return 0;
	for (size_t i = 0; i < 3; i++) {
		if (!ascii_is_digit(line.data[i]))
			return 0;
		code = code * 10 + (unsigned)(line.data[i] - '0');
	}
	return code >= 200 && code <= 599 ? code : 0;
}

SmtpReplyState smtp_reply_add(SmtpReply *reply, Slice line)
{
	unsigned code = read_code(line);
	/* A code alone is a reply too: section 4.2 asks clients to take it. */
	char mark = line.length > 3 ? line.data[3] : ' ';

	if (!code || (mark != ' ' && mark != '-') || (reply->line_count && code != reply->code) ||
	    reply->line_count == SMTP_REPLY_LINES_MAX ||
	    line.length > SMTP_REPLY_BYTES_MAX - reply->lines.length)
		return SMTP_REPLY_BROKEN;
	reply->code = code;
	reply->line_count++;
	text_append_slice(&reply->lines, slice_from(line, 4));
	text_append_char(&reply->lines, '\n');
	return mark == '-' ? SMTP_REPLY_MORE : SMTP_REPLY_WHOLE;
}

unsigned smtp_reply_class(const SmtpReply *reply)
{
	return reply->code / 100;
}

/* -- As a failure -------------------------------------------------------------------------------------- */

/* How many digits (three at most) and then `end` stand at `offset`; 0: something else. */
static size_t number_length(Slice text, size_t offset, char end)
{
	size_t i = offset;

	while (i < text.length && i - offset < 3 && ascii_is_digit(text.data[i]))
		i++;
	if (i == offset || (i < text.length ? text.data[i] != end : end != ' '))
		return 0;
	return i - offset;
}

/* The length of the "5.1.1" that the words begin with; 0: none that fits the code. */
static size_t status_length(const SmtpReply *reply, Slice words)
{
	size_t subject, detail;

	if (words.length < 5 || words.data[0] != (char)('0' + smtp_reply_class(reply)) ||
	    words.data[1] != '.')
		return 0;
	subject = number_length(words, 2, '.');
	if (!subject)
		return 0;
	detail = number_length(words, 2 + subject + 1, ' ');
	return detail ? 2 + subject + 1 + detail : 0;
}

/* Its first line and what the others add, a blank between them. */
static void append_words(const SmtpReply *reply, Text *out)
{
	AUTO_VALUE(Text) words = { 0 };

	text_append_slice(&words, ascii_trim(text_slice(&reply->lines)));
	for (size_t i = 0; i < words.length; i++)
		if (ascii_is_space(words.data[i]))
			words.data[i] = ' ';
	text_printf(out, "%u%s", reply->code, words.length ? " " : "");
	printable_append(out, text_slice(&words), WORDS_MAX);
}

static bool fail(const SmtpReply *reply, FailureKind kind, const char *name, const char *what, Failure *why)
{
	AUTO_VALUE(Text) words = { 0 };
	Slice said = text_slice(&reply->lines);
	const char *feed = memchr(said.data, '\n', said.length);
	char code[sizeof why->code];

	said.length = feed ? (size_t)(feed - said.data) : 0;
	snprintf(code, sizeof code, "%c.%.*s", kind == FAILURE_REFUSED ? '5' : '4',
		 status_length(reply, said) ? (int)status_length(reply, said) - 2 : 3,
		 status_length(reply, said) ? said.data + 2 : "3.0");
	append_words(reply, &words);
	return failure_set(why, kind, code, "%s refused %s: %s", name, what, text_string(&words));
}

static bool is_about_the_site(unsigned code)
{
	static const unsigned codes[] = { 500, 502, 503, 530, 534, 535, 538 };

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (codes[i] == code)
			return true;
	return false;
}

bool smtp_reply_failure(const SmtpReply *reply, const char *name, const char *what, Failure *why)
{
	bool for_good = smtp_reply_class(reply) == 5 && !is_about_the_site(reply->code);

	return fail(reply, for_good ? FAILURE_REFUSED : FAILURE_RETRY, name, what, why);
}

bool smtp_reply_retry(const SmtpReply *reply, const char *name, const char *what, Failure *why)
{
	return fail(reply, FAILURE_RETRY, name, what, why);
}
