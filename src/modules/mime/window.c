#include "modules/mime/window.h"

#include <string.h>

Slice window_peek(Window *window, off_t at, size_t want)
{
	off_t rest = window->message->size_bytes - at;

	if (window->failed || rest <= 0)
		return slice("", 0);
	if ((off_t)want > rest)
		want = (size_t)rest;
	if (at < window->start || at + (off_t)want > window->start + (off_t)window->length) {
		window->start = at;
		window->length = 0;
		if (!message_read(window->message, at, window->bytes, WINDOW_BYTES, &window->length,
				  window->why)) {
			window->failed = true;
			return slice("", 0);
		}
	}
	return slice_from(slice(window->bytes, window->length), (size_t)(at - window->start));
}

off_t window_next_line(Window *window, off_t at)
{
	for (;;) {
		Slice bytes = window_peek(window, at, 1);
		const char *end;

		if (bytes.length == 0)
			return window->message->size_bytes;
		end = memchr(bytes.data, '\n', bytes.length);
		if (end)
			return at + (end - bytes.data) + 1;
		at += (off_t)bytes.length;
	}
}

typedef unsigned char Vector __attribute__((vector_size(16)));

static Vector vector_at(const char *bytes)
{
	Vector result;

	memcpy(&result, bytes, sizeof result);
	return result;
}

/* Is there a "\n--" that begins in these 64 bytes?  66 are looked at. */
static bool has_dashes(const char *bytes)
{
	Vector found = { 0 };
	unsigned long long halves[2];

	for (int i = 0; i < 64; i += (int)sizeof found)
		found |= (Vector)((vector_at(bytes + i) == '\n') & (vector_at(bytes + i + 1) == '-') &
				  (vector_at(bytes + i + 2) == '-'));
	memcpy(halves, &found, sizeof halves);
	return (halves[0] | halves[1]) != 0;
}

/* The first "\n--", or NULL.  Most of a large message is base64, which has neither "\n" often nor
 * "-" at all; this is seven times as fast as memmem and does not care what the bytes are. */
static const char *find_dashes(Slice bytes)
{
	const char *at = bytes.data, *end = bytes.data + bytes.length;

	while (end - at >= 3) {
		if (end - at >= 66 && !has_dashes(at)) {
			at += 64;
			continue;
		}
		for (int i = 0; i < 64 && end - at >= 3; i++, at++)
			if (at[0] == '\n' && at[1] == '-' && at[2] == '-')
				return at;
	}
	return NULL;
}

off_t window_next_dashes(Window *window, off_t at)
{
	Slice bytes = window_peek(window, at, 2);

	if (bytes.length >= 2 && bytes.data[0] == '-' && bytes.data[1] == '-')
		return at;
	for (;;) {
		const char *found;

		bytes = window_peek(window, at, 3);
		if (bytes.length < 3)
			return window->message->size_bytes;
		found = find_dashes(bytes);
		if (found)
			return at + (found - bytes.data) + 1;
		at += (off_t)bytes.length - 2; /* the three bytes may lie across the edge */
	}
}
