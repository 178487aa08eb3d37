/* header - the index of a header block
 * RFC 5322, section 2.2 (fields), 2.2.3 (folding), 4.5 (blanks before the colon)
 *
 * One pass forward cuts the block into fields; one pass backward enters them into an
 * open hash table, so that a field met later in it becomes the head of its chain and the
 * chains run in the order of the message without a pointer to their ends.  The hash
 * is keyed: whoever writes the header must not choose its collisions. */
#include "message/header.h"

#include <sys/auxv.h>

#include "base/ascii.h"

/* What real header blocks have: to begin with room for as many fields. */
enum {
	TYPICAL_FIELD_BYTES = 48
};

static const char *find_byte(const char *at, const char *end, char byte)
{
	return memchr(at, byte, (size_t)(end - at));
}

bool header_find_end(Slice bytes, size_t *header_length, size_t *body_offset)
{
	const char *end = bytes.data + bytes.length;

	for (const char *line = bytes.data; line && line < end;) {
		size_t ending = *line == '\n'                                        ? 1
				: *line == '\r' && end - line > 1 && line[1] == '\n' ? 2
										     : 0;

		if (ending) {
			*header_length = (size_t)(line - bytes.data);
			*body_offset = *header_length + ending;
			return true;
		}
		line = find_byte(line, end, '\n');
		line = line ? line + 1 : NULL;
	}
	return false;
}

size_t header_name_length(Slice line)
{
	const char *colon = line.length ? find_byte(line.data, line.data + line.length, ':') : NULL;
	size_t length = colon ? (size_t)(colon - line.data) : 0;

	while (length && ascii_is_blank(line.data[length - 1]))
		length--;
	for (size_t i = 0; i < length; i++)
		if (ascii_is_space(line.data[i]))
			return 0;
	return length;
}

typedef struct HashKey {
	uint64_t of_words, of_length;
} HashKey;

/* The kernel's random bytes for this process: no system call, the same in a child. */
static HashKey hash_key(void)
{
	HashKey key = { 0x9e3779b97f4a7c15U, 0xd1b54a32d192ed03U };
	unsigned long random = getauxval(AT_RANDOM);

	if (random)
		memcpy(&key, (const void *)random, sizeof key); /* they are not aligned */
	return key;
}

static uint64_t multiply_fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Setting bit 5 folds letters; that it folds a few other characters too costs a
 * comparison, nothing else. */
static uint32_t hash_name(Slice name, HashKey key)
{
	uint64_t hash = key.of_length ^ name.length, word;
	size_t i = 0;

	for (; i + 8 <= name.length; i += 8) {
		memcpy(&word, name.data + i, 8);
		hash = multiply_fold((word | 0x2020202020202020U) ^ key.of_words, hash);
	}
	word = 0;
	for (; i < name.length; i++)
		word = word << 8 | (unsigned char)(name.data[i] | 0x20);
	hash = multiply_fold(word ^ key.of_words, hash ^ 0xa0761d6478bd642fU);
	return (uint32_t)(hash ^ hash >> 32);
}

/* Cuts off the first field of the block; `*lines` is how many lines it has. */
static HeaderField cut_field(const char *at, const char *end, uint32_t *lines)
{
	const char *line_end = find_byte(at, end, '\n');
	const char *first_end = line_end ? line_end : end, *next = line_end ? line_end + 1 : end;
	HeaderField field = { .next_same = -1 };
	const char *value;

	*lines = 1;
	while (next < end && ascii_is_blank(*next)) {
		line_end = find_byte(next, end, '\n');
		next = line_end ? line_end + 1 : end;
		++*lines;
	}
	field.raw = slice(at, (size_t)(next - at));
	field.name = slice(at, header_name_length(slice(at, (size_t)(first_end - at))));
	value = field.name.length ? find_byte(at + field.name.length, end, ':') + 1 : at;
	if (next > value && next[-1] == '\n') {
		next--;
		if (next > value && next[-1] == '\r')
			next--;
	}
	field.value = slice(value, (size_t)(next - value));
	return field;
}

/* An upper bound that is reached only when every line is a field. */
static size_t count_lines(const char *at, const char *end)
{
	size_t lines = 1;

	while ((at = find_byte(at, end, '\n'))) {
		lines++;
		at++;
	}
	return lines;
}

/* Blocks of unusually short fields are counted before room is made a second time: memory
 * stays linear, without copies left behind in the arena. */
static void make_room(HeaderIndex *index, size_t *capacity, const char *at, const char *end, Arena *arena)
{
	size_t wanted = index->count + count_lines(at, end);
	HeaderField *larger = arena_alloc(arena, wanted * sizeof *larger);

	memcpy(larger, index->fields, index->count * sizeof *larger);
	index->fields = larger;
	*capacity = wanted;
}

static void cut_fields(HeaderIndex *index, Slice block, HashKey key, Arena *arena)
{
	size_t capacity = block.length / TYPICAL_FIELD_BYTES + 8;
	const char *at = block.data, *end = block.data + block.length;
	uint32_t line = 1, lines;

	index->fields = arena_alloc(arena, capacity * sizeof *index->fields);
	for (; at < end; line += lines) {
		HeaderField *field;

		if (index->count == capacity)
			make_room(index, &capacity, at, end, arena);
		field = &index->fields[index->count++];
		*field = cut_field(at, end, &lines);
		field->line = line;
		field->hash = field->name.length ? hash_name(field->name, key) : 0;
		at += field->raw.length;
	}
}

/* The bucket that holds the first field known of this name, or the empty one for it. */
static int32_t *find_bucket(const HeaderIndex *index, Slice name, uint32_t hash)
{
	size_t mask = index->bucket_count - 1;

	for (size_t i = hash & mask;; i = (i + 1) & mask) {
		int32_t *bucket = &index->buckets[i];

		if (*bucket < 0 || (index->fields[*bucket].hash == hash &&
				    ascii_equal_fold(index->fields[*bucket].name, name)))
			return bucket;
	}
}

bool header_is_name(Slice name)
{
	for (size_t i = 0; i < name.length; i++)
		if (name.data[i] <= ' ' || name.data[i] > '~' || name.data[i] == ':')
			return false;
	return name.length > 0;
}

HeaderIndex *header_index(Slice block, Arena *arena)
{
	HeaderIndex *index = ARENA_NEW(arena, HeaderIndex);

	cut_fields(index, block, hash_key(), arena);
	index->bucket_count = 16;
	while (index->bucket_count < index->count * 2)
		index->bucket_count *= 2;
	index->buckets = arena_alloc(arena, index->bucket_count * sizeof *index->buckets);
	memset(index->buckets, -1, index->bucket_count * sizeof *index->buckets);
	for (size_t i = index->count; i-- > 0;) {
		HeaderField *field = &index->fields[i];
		int32_t *bucket;

		if (!field->name.length)
			continue;
		bucket = find_bucket(index, field->name, field->hash);
		field->next_same = *bucket;
		*bucket = (int32_t)i;
	}
	return index;
}

const HeaderField *header_find(const HeaderIndex *index, Slice name)
{
	int32_t first = name.length ? *find_bucket(index, name, hash_name(name, hash_key())) : -1;

	return first < 0 ? NULL : &index->fields[first];
}

const HeaderField *header_list_field(const HeaderIndex *index)
{
	for (size_t i = 0; i < index->count; i++)
		if (ascii_starts_with_fold(index->fields[i].name, "List-"))
			return &index->fields[i];
	return NULL;
}

const HeaderField *header_next(const HeaderIndex *index, const HeaderField *field)
{
	return field->next_same < 0 ? NULL : &index->fields[field->next_same];
}

Slice header_unfold(const HeaderField *field, Arena *arena)
{
	Slice value = ascii_trim(field->value);
	const char *end = value.data + value.length, *at = value.data, *fold = find_byte(at, end, '\n');
	char *line, *out;

	if (!fold)
		return value;
	out = line = arena_alloc(arena, value.length);
	for (; fold; fold = find_byte(at, end, '\n')) {
		size_t length = (size_t)(fold - at);

		while (length && at[length - 1] == '\r')
			length--;
		out = mempcpy(out, at, length);
		at = fold + 1;
	}
	out = mempcpy(out, at, (size_t)(end - at));
	return slice(line, (size_t)(out - line));
}
