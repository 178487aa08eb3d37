#include "message/boundary.h"

#include <string.h>

#include "base/ascii.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/panic.h"

enum {
	PIECE_BYTES = 64 * 1024,
	LENGTH_MAX = 72, /* with the dashes: RFC 2046 allows 70 */
};

/* Neither base64 nor quoted-printable has "=_" in it. */
static const char beginning[] = "--=_enclosed_";
static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";

/* How often each byte follows `start` in the message. */
typedef struct Count {
	Slice start;
	size_t after[256];
	bool has_8bit;
} Count;

static void count_in(Count *count, Slice bytes)
{
	size_t length = count->start.length;

	count->has_8bit |= !ascii_only(bytes);
	while (bytes.length > length) {
		const char *found = memmem(bytes.data, bytes.length - 1, count->start.data, length);

		if (!found)
			return;
		count->after[(unsigned char)found[length]]++;
		bytes = slice_from(bytes, (size_t)(found - bytes.data) + 1);
	}
}

/* Pieces overlap by as many bytes as `start` has: fewer than it takes to be counted twice. */
static bool count_all(Count *count, const Message *message, Failure *why)
{
	auto_free char *buffer = memory_new(PIECE_BYTES + LENGTH_MAX);
	size_t kept = 0, got = 0;
	off_t offset = 0;

	do {
		size_t all;

		if (!message_read(message, offset, buffer + kept, PIECE_BYTES, &got, why))
			return false;
		all = kept + got;
		count_in(count, slice(buffer, all));
		kept = all < count->start.length ? all : count->start.length;
		memmove(buffer, buffer + all - kept, kept);
		offset += (off_t)got;
	} while (got);
	return true;
}

static char rarest(const Count *count)
{
	const char *best = letters;

	for (const char *letter = letters; *letter; letter++)
		if (count->after[(unsigned char)*letter] < count->after[(unsigned char)*best])
			best = letter;
	return *best;
}

/* Letter by letter the one that follows least often: each takes the number of places that are in the way down
 * to a thirty-sixth. */
bool boundary_choose(const Message *message, Text *boundary, bool *has_8bit, Failure *why)
{
	AUTO_VALUE(Text) start = { 0 };
	bool in_the_way = true;

	text_append_string(&start, beginning);
	*has_8bit = false;
	while (in_the_way) {
		Count count = { .start = text_slice(&start) };
		char letter;

		BUG_IF(start.length == LENGTH_MAX);
		if (!count_all(&count, message, why))
			return false;
		letter = rarest(&count);
		in_the_way = count.after[(unsigned char)letter] > 0;
		text_append_char(&start, letter);
		*has_8bit |= count.has_8bit;
	}
	text_append_slice(boundary, slice_from(text_slice(&start), strlen("--")));
	return true;
}
