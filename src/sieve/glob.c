#include "sieve/glob.h"

#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"

/* What stands between two stars. */
typedef struct Segment {
	char *bytes;
	bool *any; /* which of them are "?"; NULL: none is */
	size_t length, any_count;
	/* With "?" among letters: for each octet, which places of the segment it fits; bit by bit in
	 * `words` words, for the search that tries all places at once (Shift-And). */
	uint64_t *fits;
	size_t words;
} Segment;

struct SieveGlob {
	Segment *segments; /* one more than there are stars */
	size_t count;
};

static void index_segment(Segment *it, Arena *arena)
{
	it->words = (it->length + 63) / 64;
	it->fits = arena_zeroed(arena, it->words * 256, sizeof *it->fits);
	for (size_t i = 0; i < it->length; i++) {
		uint64_t bit = (uint64_t)1 << i % 64;

		if (!it->any[i]) {
			it->fits[(unsigned char)it->bytes[i] * it->words + i / 64] |= bit;
			continue;
		}
		for (size_t c = 0; c < 256; c++)
			it->fits[c * it->words + i / 64] |= bit;
	}
}

static void add_byte(Segment *it, char c, bool any)
{
	it->bytes[it->length] = c;
	it->any[it->length++] = any;
	it->any_count += any;
}

SieveGlob *sieve_glob_new(Slice pattern, Arena *arena)
{
	SieveGlob *glob = ARENA_NEW(arena, SieveGlob);
	char *bytes = arena_alloc(arena, pattern.length + 1);
	bool *any = arena_alloc(arena, pattern.length + 1);
	size_t stars = 0;
	Segment *it;

	for (size_t i = 0; i < pattern.length; i++)
		stars += pattern.data[i] == '*';
	glob->segments = it = arena_zeroed(arena, stars + 1, sizeof *it);
	*it = (Segment){ .bytes = bytes, .any = any };
	for (size_t i = 0; i < pattern.length; i++) {
		char c = pattern.data[i];

		if (c == '*') {
			bytes = it->bytes + it->length;
			any = it->any + it->length;
			*++it = (Segment){ .bytes = bytes, .any = any };
		} else if (c == '\\' && i + 1 < pattern.length) {
			add_byte(it, pattern.data[++i], false);
		} else {
			add_byte(it, c, c == '?');
		}
	}
	glob->count = (size_t)(it - glob->segments) + 1;
	for (size_t i = 0; i < glob->count; i++) {
		it = &glob->segments[i];
		if (!it->any_count)
			it->any = NULL;
		/* The first and the last stand where they stand: only what is between is searched for. */
		else if (it->any_count < it->length && i > 0 && i + 1 < glob->count)
			index_segment(it, arena);
	}
	return glob;
}

static bool fits_at(const Segment *it, const char *at)
{
	if (!it->any)
		return memcmp(it->bytes, at, it->length) == 0;
	for (size_t i = 0; i < it->length; i++)
		if (!it->any[i] && it->bytes[i] != at[i])
			return false;
	return true;
}

/* Shift-And: bit i of `states` says that the first i + 1 octets of the segment end here. */
static bool find_indexed(const Segment *it, Slice in, size_t *offset)
{
	uint64_t one = 0, *states = it->words == 1 ? &one : NULL;
	uint64_t last = (uint64_t)1 << (it->length - 1) % 64;
	auto_free uint64_t *many = NULL;

	if (!states)
		states = many = memory_zeroed(it->words, sizeof *many);
	for (size_t i = 0; i < in.length; i++) {
		const uint64_t *fits = it->fits + (unsigned char)in.data[i] * it->words;
		uint64_t carry = 1;

		for (size_t w = 0; w < it->words; w++) {
			uint64_t out = states[w] >> 63;

			states[w] = (states[w] << 1 | carry) & fits[w];
			carry = out;
		}
		if (states[it->words - 1] & last) {
			*offset = i + 1 - it->length;
			return true;
		}
	}
	return false;
}

/* The first place in `in` where the segment fits. */
static bool find(const Segment *it, Slice in, size_t *offset)
{
	const char *found;

	if (it->length > in.length)
		return false;
	if (it->fits)
		return find_indexed(it, in, offset);
	*offset = 0;
	if (it->any_count == it->length)
		return true;
	found = memmem(in.data, in.length, it->bytes, it->length);
	if (found)
		*offset = (size_t)(found - in.data);
	return found != NULL;
}

typedef struct Parts {
	SieveGlobPart *items;
	size_t most, count;
} Parts;

static void add_part(Parts *parts, size_t offset, size_t length)
{
	if (parts->count < parts->most)
		parts->items[parts->count++] = (SieveGlobPart){ offset, length };
}

static void add_segment_parts(Parts *parts, const Segment *it, size_t offset)
{
	for (size_t i = 0; it->any && i < it->length; i++)
		if (it->any[i])
			add_part(parts, offset + i, 1);
}

bool sieve_glob_match(const SieveGlob *glob, Slice value, SieveGlobPart *items, size_t most, size_t *count)
{
	const Segment *first = glob->segments, *last = first + glob->count - 1;
	Parts parts = { items, most, 0 };
	size_t at = first->length, end;

	*count = 0;
	if (first->length > value.length || !fits_at(first, value.data))
		return false;
	add_segment_parts(&parts, first, 0);
	if (first == last) {
		*count = parts.count;
		return first->length == value.length;
	}
	if (last->length > value.length - at)
		return false;
	end = value.length - last->length;
	if (!fits_at(last, value.data + end))
		return false;
	for (const Segment *it = first + 1; it < last; it++) {
		size_t offset;

		if (!find(it, slice(value.data + at, end - at), &offset))
			return false;
		add_part(&parts, at, offset);
		add_segment_parts(&parts, it, at + offset);
		at += offset + it->length;
	}
	add_part(&parts, at, end - at);
	add_segment_parts(&parts, last, end);
	*count = parts.count;
	return true;
}

/* ---- characters of several bytes ---- */

/* A value of which it is known where characters begin. */
typedef struct Characters {
	Slice bytes;
	const char *starts;
} Characters;

static bool is_boundary(const Characters *in, size_t at)
{
	return at >= in->bytes.length || in->starts[at];
}

/* Where the segment ends that begins at `at`; false when it does not fit there. */
static bool fits_forward(const Segment *it, const Characters *in, size_t at, size_t *end)
{
	for (size_t i = 0; i < it->length; i++) {
		if (at >= in->bytes.length)
			return false;
		if (!it->any || !it->any[i]) {
			if (in->bytes.data[at++] != it->bytes[i])
				return false;
			continue;
		}
		if (!in->starts[at])
			return false;
		do
			at++;
		while (!is_boundary(in, at));
	}
	*end = at;
	return true;
}

/* Where it begins when it ends in front of `end`, not before `least`. */
static bool fits_backward(const Segment *it, const Characters *in, size_t least, size_t end, size_t *start)
{
	for (size_t i = it->length; i-- > 0;) {
		if (end <= least)
			return false;
		if (!it->any || !it->any[i]) {
			if (in->bytes.data[--end] != it->bytes[i])
				return false;
			continue;
		}
		if (!is_boundary(in, end))
			return false;
		do
			end--;
		while (end > least && !in->starts[end]);
		if (!in->starts[end])
			return false;
	}
	*start = end;
	return true;
}

/* Shift-And in which "?" is entered where a character begins, stays for its other bytes, and is left at its
 * end.  Gives the end of the first place where the segment fits, from `at` on. */
static bool find_characters_indexed(const Segment *it, const Characters *in, size_t at, size_t limit,
				    size_t *end)
{
	size_t words = it->words;
	auto_free uint64_t *states = memory_zeroed(words * 2, sizeof *states);
	uint64_t *any = states + words, last = (uint64_t)1 << (it->length - 1) % 64;

	for (size_t i = 0; i < it->length; i++)
		any[i / 64] |= (uint64_t)it->any[i] << i % 64;
	for (; at < limit; at++) {
		const uint64_t *fits = it->fits + (unsigned char)in->bytes.data[at] * words;
		bool start = in->starts[at];
		uint64_t carry = 1, any_carry = 0;

		for (size_t w = 0; w < words; w++) {
			uint64_t stay = start ? 0 : states[w] & any[w], out = states[w] >> 63;
			uint64_t entered = states[w] << 1 | carry, behind_any = any[w] << 1 | any_carry;

			if (!start)
				entered &= ~(any[w] | behind_any);
			any_carry = any[w] >> 63;
			carry = out;
			states[w] = (entered & fits[w]) | stay;
		}
		if ((states[words - 1] & last) && (!it->any[it->length - 1] || is_boundary(in, at + 1))) {
			*end = at + 1;
			return true;
		}
	}
	return false;
}

/* The first place from `at` to `limit` where the segment fits. */
static bool find_characters(const Segment *it, const Characters *in, size_t at, size_t limit, size_t *start,
			    size_t *end)
{
	const char *found;

	if (it->fits)
		return find_characters_indexed(it, in, at, limit, end) &&
		       fits_backward(it, in, at, *end, start);
	if (it->any) {
		/* Nothing but "?": at the first character that begins. */
		while (at < limit && !in->starts[at])
			at++;
		*start = at;
		return fits_forward(it, in, at, end) && *end <= limit;
	}
	found = memmem(in->bytes.data + at, limit - at, it->bytes, it->length);
	if (!found)
		return false;
	*start = (size_t)(found - in->bytes.data);
	*end = *start + it->length;
	return true;
}

/* The parts of the "?" of a segment that fits at `at`. */
static void add_character_parts(Parts *parts, const Segment *it, const Characters *in, size_t at)
{
	for (size_t i = 0; it->any && i < it->length; i++) {
		size_t start = at++;

		if (!it->any[i])
			continue;
		while (!is_boundary(in, at))
			at++;
		add_part(parts, start, at - start);
	}
}

bool sieve_glob_match_characters(const SieveGlob *glob, Slice value, const char *starts, SieveGlobPart *items,
				 size_t most, size_t *count)
{
	const Segment *first = glob->segments, *last = first + glob->count - 1;
	const Characters in = { value, starts };
	Parts parts = { items, most, 0 };
	size_t at, end, start;

	*count = 0;
	if (!fits_forward(first, &in, 0, &at))
		return false;
	add_character_parts(&parts, first, &in, 0);
	if (first == last) {
		*count = parts.count;
		return at == value.length;
	}
	if (!fits_backward(last, &in, at, value.length, &end))
		return false;
	for (const Segment *it = first + 1; it < last; it++) {
		size_t behind;

		if (!find_characters(it, &in, at, end, &start, &behind))
			return false;
		add_part(&parts, at, start - at);
		add_character_parts(&parts, it, &in, start);
		at = behind;
	}
	add_part(&parts, at, end - at);
	add_character_parts(&parts, last, &in, end);
	*count = parts.count;
	return true;
}
