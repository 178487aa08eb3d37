/* search - find a string in bytes
 *
 * Two bytes of the needle that are rare in mail are compared with 16 places of the text
 * at once; where both agree, the whole needle is.  A text made to agree often and
 * fail late uses up an allowance, and the rest of it is searched by the two-way
 * algorithm (Crochemore and Perrin, 1991), which is slower and linear on any input, and
 * needs no memory. */
#include "base/search.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/memory.h"

enum {
	VECTOR = 16,
	/* Bytes that may be compared in vain, besides as many as the text has. */
	ALLOWANCE = 4096,
	NOT_RARE = 255,
};

typedef uint8_t Vector __attribute__((vector_size(VECTOR)));

/* One bit for each place, from the lowest. */
static unsigned mask_of(Vector equal);

#ifdef __SSE2__
#include <emmintrin.h>

static inline unsigned mask_of(Vector equal)
{
	return (unsigned)_mm_movemask_epi8((__m128i)equal);
}
#else
static inline unsigned mask_of(Vector equal)
{
	unsigned mask = 0;
	uint64_t halves[2];

	memcpy(halves, &equal, sizeof halves);
	if (!(halves[0] | halves[1]))
		return 0;
	for (unsigned i = 0; i < VECTOR; i++)
		mask |= (unsigned)(equal[i] & 1) << i;
	return mask;
}
#endif

static unsigned char folded(const Searcher *searcher, char c)
{
	return (unsigned char)(searcher->fold ? ascii_lower(c) : c);
}

/* How often a byte is met in mail, roughly: bodies are mostly base64 and text. */
static unsigned commonness(unsigned char byte)
{
	if (byte == ' ' || byte == 'e' || byte == 't' || byte == 'a' || byte == 'o' || byte == 'i' ||
	    byte == 'n')
		return 4;
	if (byte == '=' || byte == '\n' || byte == '<' || byte == '>' || byte == '.')
		return 3;
	if (ascii_is_alpha((char)byte))
		return byte == 'q' || byte == 'x' || byte == 'z' || byte == 'j' ? 1 : 2;
	return ascii_is_digit((char)byte) ? 2 : 1;
}

static SearchProbe probe_at(const Searcher *searcher, size_t offset)
{
	unsigned char byte = folded(searcher, searcher->needle.data[offset]);

	return (SearchProbe){ offset, byte, searcher->fold && ascii_is_alpha((char)byte) ? 0x20 : 0 };
}

void search_init(Searcher *searcher, Slice needle, bool fold)
{
	unsigned best = NOT_RARE, next = NOT_RARE;
	size_t first = 0, second = 0;

	*searcher = (Searcher){ .needle = needle, .fold = fold };
	if (!needle.length)
		return;
	/* A few bytes offer enough choice, and the probes stay near each other. */
	for (size_t i = 0; i < needle.length && i < 32; i++) {
		unsigned rank = commonness(folded(searcher, needle.data[i]));

		if (rank < best) {
			second = first;
			next = best;
			first = i;
			best = rank;
		} else if (rank < next || (rank == next && i == first + 2)) {
			second = i;
			next = rank;
		}
	}
	searcher->first = probe_at(searcher, first);
	searcher->second = probe_at(searcher, second);
}

/* Compares the needle with the text at `at`; `*cost` grows by what was looked at. */
static bool is_at(const Searcher *searcher, const char *at, size_t *cost)
{
	Slice needle = searcher->needle;
	size_t i = 0;

	while (i < needle.length && folded(searcher, at[i]) == folded(searcher, needle.data[i]))
		i++;
	*cost += i + 1;
	return i == needle.length;
}

static inline Vector load(const char *at)
{
	Vector bytes;

	memcpy(&bytes, at, sizeof bytes);
	return bytes;
}

static inline Vector spread(unsigned char byte)
{
	return (Vector){ 0 } + byte;
}

/* The places among the 16 from `at` where both probes agree. */
static inline Vector agreement(const Searcher *searcher, const char *at)
{
	SearchProbe first = searcher->first, second = searcher->second;
	Vector one = load(at + first.offset) | spread(first.bits);
	Vector two = load(at + second.offset) | spread(second.bits);

	return (Vector)((one == spread(first.byte)) & (two == spread(second.byte)));
}

/* Looks at the places a mask names.  Returns the first where the needle is, or NULL. */
static const char *check_places(const Searcher *searcher, const char *at, unsigned mask, size_t *cost)
{
	for (; mask; mask &= mask - 1) {
		const char *place = at + __builtin_ctz(mask);

		if (is_at(searcher, place, cost))
			return place;
	}
	return NULL;
}

/* Where a search by probes ended. */
typedef struct Progress {
	const char *found; /* or NULL */
	const char *at;    /* where to go on, at most behind the last place */
} Progress;

/* Searches the places from `at` to before `end` four vectors at a time, while there are as many
 * and the allowance lasts. */
static Progress search_blocks(const Searcher *searcher, const char *at, const char *end)
{
	size_t cost = 0, allowance = ALLOWANCE + (size_t)(end - at);

	for (; end - at >= 4 * VECTOR && cost < allowance; at += 4 * VECTOR) {
		Vector a = agreement(searcher, at), b = agreement(searcher, at + VECTOR);
		Vector c = agreement(searcher, at + 2 * VECTOR), d = agreement(searcher, at + 3 * VECTOR);

		if (__builtin_expect(!mask_of(a | b | c | d), 1))
			continue;
		const Vector all[4] = { a, b, c, d };

		for (int i = 0; i < 4; i++) {
			const char *found = check_places(searcher, at + i * VECTOR, mask_of(all[i]), &cost);

			if (found)
				return (Progress){ found, found };
		}
	}
	return (Progress){ NULL, at };
}

/* The same for what is left: less than four vectors, or less than one. */
static Progress search_rest(const Searcher *searcher, const char *at, const char *end)
{
	size_t cost = 0;

	for (; end - at >= VECTOR && cost < ALLOWANCE; at += VECTOR) {
		const char *found = check_places(searcher, at, mask_of(agreement(searcher, at)), &cost);

		if (found)
			return (Progress){ found, found };
	}
	for (; at < end && end - at < VECTOR && cost < ALLOWANCE; at++)
		if (((unsigned char)at[searcher->first.offset] | searcher->first.bits) ==
			    searcher->first.byte &&
		    is_at(searcher, at, &cost))
			return (Progress){ at, at };
	return (Progress){ NULL, at };
}

/* The start of the largest suffix of the needle, under the order of bytes or its reverse, and
 * that suffix's period. */
static size_t largest_suffix(const Searcher *searcher, bool reverse, size_t *period)
{
	const char *needle = searcher->needle.data;
	size_t start = 0, candidate = 1, matched = 0, cycle = 1;

	while (candidate + matched < searcher->needle.length) {
		unsigned char a = folded(searcher, needle[candidate + matched]);
		unsigned char b = folded(searcher, needle[start + matched]);

		if (a == b && matched + 1 == cycle) {
			candidate += cycle;
			matched = 0;
		} else if (a == b) {
			matched++;
		} else if (reverse ? a > b : a < b) {
			candidate += matched + 1;
			matched = 0;
			cycle = candidate - start;
		} else {
			start = candidate++;
			matched = 0;
			cycle = 1;
		}
	}
	*period = cycle;
	return start;
}

static bool same_bytes(const Searcher *searcher, const char *a, const char *b, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (folded(searcher, a[i]) != folded(searcher, b[i]))
			return false;
	return true;
}

/* Two-way search: the needle is cut at a critical place; its right half is compared first. A
 * mismatch there moves it by what agreed, one in the left half by its period.  `memory` is
 * how much of a needle that repeats itself is known to agree after such a move. */
static const char *search_two_way(const Searcher *searcher, const char *at, const char *end)
{
	const char *needle = searcher->needle.data;
	size_t length = searcher->needle.length, period, other_period, memory = 0, i;
	size_t cut = largest_suffix(searcher, false, &period);
	size_t other = largest_suffix(searcher, true, &other_period);
	bool repeats;

	if (other > cut) {
		cut = other;
		period = other_period;
	}
	repeats = cut + period <= length && same_bytes(searcher, needle, needle + period, cut);
	if (!repeats)
		period = (cut > length - cut ? cut : length - cut) + 1;
	while (at < end) {
		for (i = cut > memory ? cut : memory;
		     i < length && folded(searcher, at[i]) == folded(searcher, needle[i]); i++)
			;
		if (i < length) {
			at += i - cut + 1;
			memory = 0;
			continue;
		}
		for (i = cut; i > memory && folded(searcher, at[i - 1]) == folded(searcher, needle[i - 1]);
		     i--)
			;
		if (i <= memory)
			return at;
		at += period;
		memory = repeats ? length - period : 0;
	}
	return NULL;
}

ssize_t search_find(const Searcher *searcher, Slice text)
{
	size_t length = searcher->needle.length;
	const char *end = text.data + text.length - length + 1; /* behind the last place */
	Progress progress;

	if (!length)
		return 0;
	if (length > text.length)
		return -1;
	progress = search_blocks(searcher, text.data, end);
	if (!progress.found && end - progress.at < 4 * VECTOR)
		progress = search_rest(searcher, progress.at, end);
	if (!progress.found && progress.at < end)
		progress.found = search_two_way(searcher, progress.at, end);
	return progress.found ? progress.found - text.data : -1;
}

void search_stream_init(SearchStream *stream, const Searcher *searcher)
{
	size_t seam = searcher->needle.length > 1 ? 2 * (searcher->needle.length - 1) : 0;

	*stream = (SearchStream){ .searcher = searcher, .seam = seam ? memory_new(seam) : NULL };
	search_stream_reset(stream);
}

void search_stream_reset(SearchStream *stream)
{
	stream->kept = 0;
	stream->found = stream->searcher->needle.length == 0;
}

void search_stream_clear(SearchStream *stream)
{
	free(stream->seam);
	stream->seam = NULL;
}

/* Keeps the last bytes of what was kept and of `piece`: one less than the needle has. */
static void keep_end(SearchStream *stream, Slice piece)
{
	size_t wanted = stream->searcher->needle.length - 1, old;

	if (!wanted)
		return;
	if (piece.length >= wanted) {
		memcpy(stream->seam, piece.data + piece.length - wanted, wanted);
		stream->kept = wanted;
		return;
	}
	old = wanted - piece.length < stream->kept ? wanted - piece.length : stream->kept;
	memmove(stream->seam, stream->seam + stream->kept - old, old);
	memcpy(stream->seam + old, piece.data, piece.length);
	stream->kept = old + piece.length;
}

bool search_stream_feed(SearchStream *stream, Slice piece)
{
	size_t longest = stream->searcher->needle.length - 1;

	if (stream->found || !piece.length)
		return stream->found;
	if (stream->kept) {
		size_t ahead = piece.length < longest ? piece.length : longest;

		memcpy(stream->seam + stream->kept, piece.data, ahead);
		stream->found = search_find(stream->searcher, slice(stream->seam, stream->kept + ahead)) >= 0;
	}
	stream->found = stream->found || search_find(stream->searcher, piece) >= 0;
	if (!stream->found)
		keep_end(stream, piece);
	return stream->found;
}
