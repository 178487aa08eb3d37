/* mbox_quote - turn the bytes of a message into those of an mbox record, piece by piece
 *
 * The header runs to the first empty line, whatever is in it: that is how readers see it.  Fields in it that
 * only a mailbox's reader may write would be believed (a sender could mark his mail as read, or as deleted),
 * and a Content-Length that is wrong makes some readers swallow the next message: they are left out. */
#include "mailbox/mbox_quote.h"

#include <string.h>

#include "base/ascii.h"

static const char *const spoofable[] = {
	"Status", "X-Status", "X-Keywords", "X-UID", "X-IMAP", "X-IMAPbase", "Content-Length",
};

void mbox_quote_start(MboxQuote *quote, bool mboxo, Slice fields, MboxQuoteSink *sink, void *self)
{
	*quote = (MboxQuote){
		.sink = sink, .self = self, .fields = fields, .mboxo = mboxo, .only_brackets = true
	};
}

static bool put(MboxQuote *quote, const char *start, const char *end)
{
	if (start == end)
		return true;
	quote->written = true;
	quote->last = end[-1];
	return quote->sink(quote->self, slice(start, (size_t)(end - start)));
}

/* Does what goes out of the current line, up to `at`, consist of ">" alone?  `start` is where this stretch
 * began. */
static bool brackets_before(const MboxQuote *quote, const char *start, const char *at)
{
	while (at > start && at[-1] == '>')
		at--;
	return at > start ? at[-1] == '\n' : quote->only_brackets;
}

static bool starts_line(const MboxQuote *quote, const char *start, const char *at)
{
	if (!quote->mboxo)
		return brackets_before(quote, start, at);
	return at > start ? at[-1] == '\n' : !quote->written || quote->last == '\n';
}

/* Passes [start, end) on, one ">" added in every line that looks like a separator.  Up to `limit` may be
 * looked at: a "From " that begins before `end` counts. */
static bool put_quoted(MboxQuote *quote, const char *start, const char *end, const char *limit)
{
	const char *passed = start, *at = start;

	if (start == end)
		return true;
	while ((at = memmem(at, (size_t)(limit - at), "From ", 5)) != NULL && at < end) {
		if (starts_line(quote, start, at)) {
			if (!put(quote, passed, at) || !put(quote, ">", &">"[1]))
				return false;
			passed = at;
		}
		at += 5;
	}
	quote->only_brackets = brackets_before(quote, start, end);
	return put(quote, passed, end);
}

/* Is it a field to leave out?  `line` is the beginning of a line, of at most MBOX_QUOTE_HOLD bytes. */
static bool is_spoofable(Slice line)
{
	char first = line.length ? ascii_lower(line.data[0]) : '\0';

	if (first != 's' && first != 'x' && first != 'c')
		return false;
	for (size_t i = 0; i < sizeof spoofable / sizeof *spoofable; i++) {
		Slice rest;

		if (!ascii_starts_with_fold(line, spoofable[i]))
			continue;
		rest = slice_from(line, strlen(spoofable[i]));
		while (rest.length && ascii_is_blank(rest.data[0]))
			rest = slice_from(rest, 1);
		if (rest.length && rest.data[0] == ':')
			return true;
	}
	return false;
}

static bool is_empty_line(Slice line)
{
	return (line.length >= 1 && line.data[0] == '\n') ||
	       (line.length >= 2 && line.data[0] == '\r' && line.data[1] == '\n');
}

/* The end of the header: our own fields go before the empty line. */
static bool end_header(MboxQuote *quote)
{
	quote->in_body = true;
	quote->dropping = false;
	return put(quote, quote->fields.data, quote->fields.data + quote->fields.length);
}

/* Passes on the header lines in `bytes`.  Ends at the empty line, or where more must be seen first. */
static bool feed_header(MboxQuote *quote, Slice bytes, bool final, size_t *taken)
{
	const char *at = bytes.data, *limit = bytes.data + bytes.length, *kept = at;

	while (at < limit) {
		const char *end = memchr(at, '\n', (size_t)(limit - at));
		Slice rest = slice(at, (size_t)(limit - at));

		if (!quote->inside_line) {
			bool drop;

			if (!end && !final && rest.length < MBOX_QUOTE_HOLD)
				break;
			if (rest.length > MBOX_QUOTE_HOLD)
				rest.length = MBOX_QUOTE_HOLD;
			if (is_empty_line(rest)) {
				*taken = (size_t)(at - bytes.data);
				return (quote->dropping || put_quoted(quote, kept, at, at)) &&
				       end_header(quote);
			}
			drop = ascii_is_blank(*at) ? quote->dropping : is_spoofable(rest);
			if (drop && !quote->dropping && !put_quoted(quote, kept, at, at))
				return false;
			if (drop != quote->dropping)
				kept = at;
			quote->dropping = drop;
		}
		quote->inside_line = !end;
		if (!end && !final) {
			/* The last four bytes may be the beginning of a "From ". */
			at = limit - at > 4 ? limit - 4 : at;
			break;
		}
		at = end ? end + 1 : limit;
	}
	*taken = (size_t)(at - bytes.data);
	return quote->dropping || put_quoted(quote, kept, at, limit);
}

static bool finish(MboxQuote *quote)
{
	if (quote->written && quote->last != '\n' && !put(quote, "\n", &"\n"[1]))
		return false;
	if (!quote->in_body && !end_header(quote))
		return false;
	return put(quote, "\n", &"\n"[1]);
}

bool mbox_quote_feed(MboxQuote *quote, Slice bytes, bool final, size_t *taken)
{
	const char *limit = bytes.data + bytes.length;

	*taken = 0;
	if (!quote->in_body && !feed_header(quote, bytes, final, taken))
		return false;
	if (quote->in_body) {
		const char *start = bytes.data + *taken;
		const char *end = final || limit - start <= 4 ? limit : limit - 4;

		if (!final && limit - start <= 4)
			return true;
		if (!put_quoted(quote, start, end, limit))
			return false;
		*taken = bytes.length - (size_t)(limit - end);
	}
	return !final || finish(quote);
}
