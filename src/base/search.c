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

/* One bit for each place that is equal, from the lowest. */
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

/* A search by probes on its way. */
typedef struct Hunt {
	const Searcher *searcher;
	const char *at, *end; /* the places left */
	size_t allowance;     /* bytes that may still be compared in vain */
} Hunt;

static bool check(Hunt *hunt, const char *at)
{
	size_t cost = 0;
	bool found = is_at(hunt->searcher, at, &cost);

	hunt->allowance -= cost < hunt->allowance ? cost : hunt->allowance;
	return found;
}

/* Looks at the places a mask names, counted from `at`.  Returns the first where the needle is, or
 * NULL. */
static const char *check_places(Hunt *hunt, const char *at, unsigned mask)
{
	for (; mask && hunt->allowance; mask &= mask - 1)
		if (check(hunt, at + __builtin_ctz(mask)))
			return at + __builtin_ctz(mask);
	return NULL;
}

/* Four vectors of places where the probes agree somewhere. */
static const char *check_block(Hunt *hunt, const Vector agreed[4])
{
	const char *found = NULL;

	for (int i = 0; i < 4 && !found; i++)
		found = check_places(hunt, hunt->at + i * VECTOR, mask_of(agreed[i]));
	return found;
}

/* Goes through the places four vectors at a time, while there are as many. */
static const char *hunt_by_blocks(Hunt *hunt)
{
	for (; hunt->end - hunt->at >= 4 * VECTOR; hunt->at += 4 * VECTOR) {
		const char *found;
		Vector agreed[4];

		for (int i = 0; i < 4; i++)
			agreed[i] = agreement(hunt->searcher, hunt->at + i * VECTOR);
		if (__builtin_expect(!mask_of(agreed[0] | agreed[1] | agreed[2] | agreed[3]), 1))
			continue;
		found = check_block(hunt, agreed);
		if (found || !hunt->allowance)
			return found;
	}
	return NULL;
}

/* The same for the last few vectors, and then one place at a time. */
static const char *hunt_by_places(Hunt *hunt)
{
	SearchProbe probe = hunt->searcher->first;

	for (; hunt->end - hunt->at >= VECTOR; hunt->at += VECTOR) {
		const char *found = check_places(hunt, hunt->at,
						 mask_of(agreement(hunt->searcher, hunt->at)));

		if (found || !hunt->allowance)
			return found;
	}
	for (; hunt->at < hunt->end && hunt->allowance; hunt->at++)
		if (((unsigned char)hunt->at[probe.offset] | probe.bits) == probe.byte &&
		    check(hunt, hunt->at))
			return hunt->at;
	return NULL;
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
	Hunt hunt = { .searcher = searcher, .at = text.data, .allowance = ALLOWANCE + text.length };
	const char *found;

	if (!length)
		return 0;
	if (length > text.length)
		return -1;
	hunt.end = text.data + text.length - length + 1;
	found = hunt_by_blocks(&hunt);
	if (!found && hunt.allowance)
		found = hunt_by_places(&hunt);
	if (!found && !hunt.allowance)
		found = search_two_way(searcher, hunt.at, hunt.end);
	return found ? found - text.data : -1;
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
