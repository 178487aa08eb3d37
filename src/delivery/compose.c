#include "delivery/compose.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/io.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "delivery/compose_parts.h"

enum {
	PIECE_BYTES = 64 * 1024,
	REPLY_BYTES = 400, /* an SMTP reply line has 512 (RFC 5321, 4.5.3.1.5) */
};

bool compose_is_for(ActionKind kind)
{
	return kind == ACTION_REJECT || kind == ACTION_VACATION || kind == ACTION_NOTIFY ||
	       kind == ACTION_REPORT;
}

const char *compose(const Composing *composing, const Action *action, Composed *mail)
{
	*mail = (Composed){ .sender = "", .is_mail = true };
	switch (action->kind) {
	case ACTION_REJECT:
		return compose_reject(composing, action, mail);
	case ACTION_VACATION:
		return compose_vacation(composing, action, mail);
	case ACTION_NOTIFY:
		return compose_notify(composing, action, mail);
	case ACTION_REPORT:
		return compose_report(composing, action, mail);
	default:
		return "it sends nothing";
	}
}

const char *compose_token(int64_t now, Arena *arena)
{
	unsigned long long chance[2] = { 0 };

	/* Too early after the start of the system there may be none: then the process and the time have to
	 * do. */
	if (getrandom(chance, sizeof chance, GRND_NONBLOCK) != (ssize_t)sizeof chance)
		chance[0] = (unsigned long long)getpid();
	return arena_printf(arena, "%llx.%016llx%016llx", (unsigned long long)now, chance[0], chance[1]);
}

/* ---- writing ---- */

/* The piece with LF line ends; a CR at its end waits for what follows. */
static void append_converted(Text *out, Slice piece, bool *held_cr)
{
	for (size_t i = 0; i < piece.length; i++) {
		char c = piece.data[i];

		if (*held_cr && c != '\n')
			text_append_char(out, '\r');
		*held_cr = c == '\r';
		if (!*held_cr)
			text_append_char(out, c);
	}
}

static bool put(int fd, Slice bytes, Failure *why)
{
	return io_write(fd, bytes.data, bytes.length) || failure_errno(why, "write a message");
}

static bool write_included(const Message *message, int fd, Failure *why)
{
	auto_free char *piece = memory_new(PIECE_BYTES);
	AUTO_VALUE(Text) converted = { 0 };
	bool held_cr = false;

	for (off_t offset = 0; offset < message->size_bytes;) {
		size_t got;

		if (!message_read(message, offset, piece, PIECE_BYTES, &got, why))
			return false;
		text_reset(&converted);
		append_converted(&converted, slice(piece, got), &held_cr);
		if (!put(fd, text_slice(&converted), why))
			return false;
		offset += (off_t)got;
	}
	return !held_cr || put(fd, SLICE("\r"), why);
}

static bool write_composed(void *self, int fd, Failure *why)
{
	const Composed *mail = self;

	return put(fd, mail->head, why) && (!mail->included || write_included(mail->included, fd, why)) &&
	       put(fd, mail->tail, why);
}

Outgoing composed_outgoing(const Composed *mail)
{
	return (Outgoing){ .sender = mail->sender,
			   .recipients = mail->recipients,
			   .recipient_count = mail->recipient_count,
			   .dsn_notify = mail->dsn_notify,
			   .write = write_composed,
			   .self = (void *)mail };
}

void composed_message(const Composed *mail, Message *message)
{
	message_from_bytes(message, mail->head);
}

/* ---- a refusal in the protocol ---- */

/* The reason, or what stands for one that the protocol cannot say. */
static Slice sayable(const char *reason)
{
	Slice text = ascii_trim(slice_of(reason));

	return text.length && !compose_is_8bit(text) ? text
						     : SLICE("the recipient's rules refuse this message");
}

/* Appends a line without its controls; blanks behind one another are one. */
static void append_sayable(Text *out, Slice line)
{
	for (size_t i = 0; i < line.length; i++) {
		char c = ascii_is_control(line.data[i]) ? ' ' : line.data[i];

		if (c != ' ' || out->data[out->length - 1] != ' ')
			text_append_char(out, c);
	}
}

const char *compose_refusal(const char *reason, Arena *arena)
{
	AUTO_VALUE(Text) line = { 0 };
	Slice text = sayable(reason);

	text_append_string(&line, "5.7.1 ");
	append_sayable(&line, utf8_cut(text, REPLY_BYTES));
	return arena_copy_string(arena, text_string(&line));
}

/* The next line of a reply: one of the reason, or as much of it as fits. */
static Slice next_line(Slice *rest)
{
	size_t length = 0;
	Slice line;

	while (length < rest->length && length < REPLY_BYTES && rest->data[length] != '\n' &&
	       rest->data[length] != '\r')
		length++;
	line = slice(rest->data, length);
	*rest = slice_from(*rest, length);
	if (ascii_starts_with_fold(*rest, "\r\n"))
		*rest = slice_from(*rest, 2);
	else if (rest->length && (rest->data[0] == '\n' || rest->data[0] == '\r'))
		*rest = slice_from(*rest, 1);
	return line;
}

const char *compose_reply(const char *reason, Arena *arena)
{
	AUTO_VALUE(Text) reply = { 0 };

	for (Slice rest = sayable(reason); rest.length;) {
		Slice line = next_line(&rest);

		text_append_string(&reply, rest.length ? "550-5.7.1 " : "550 5.7.1 ");
		append_sayable(&reply, line);
		text_append_string(&reply, "\r\n");
	}
	return arena_copy_string(arena, text_string(&reply));
}
