/* fields - header fields as tests see them, made once for all rules that ask
 * RFC 5228, section 5.7 (unfolded, decoded, trimmed) and 5.1 (addresses) */
#include <string.h>

#include "base/ascii.h"
#include "message/parameters.h"
#include "message/words.h"
#include "sieve/parts.h"
#include "sieve/script.h"

/* What was made of one field. */
typedef struct Kept {
	bool has_value, has_raw;
	SieveValue value;
	Slice raw;
	const AddressList *addresses;
	const Parameters *parameters;
} Kept;

/* What was made of the fields of one header. */
typedef struct KeptHeader {
	const HeaderField *first, *end;
	Kept *fields; /* NULL: nothing yet */
} KeptHeader;

/* The message's header, as it is and as it was, and those of parts that were asked for: in the order of their
 * places in memory, so that a field's is found quickly. */
struct SieveValues {
	KeptHeader *headers;
	size_t count, capacity;
	KeptHeader *recent;
};

static struct SieveValues *values_of(SieveRun *run)
{
	if (!run->values)
		run->values = ARENA_NEW(run->arena, struct SieveValues);
	return run->values;
}

/* The place among the headers of the first one that ends behind `field`. */
static size_t place_of(const struct SieveValues *values, const HeaderField *field)
{
	size_t low = 0, high = values->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (values->headers[middle].end <= field)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_of(const KeptHeader *header, const HeaderField *field)
{
	return field >= header->first && field < header->end;
}

void sieve_keep_values(SieveRun *run, const HeaderIndex *header)
{
	struct SieveValues *values = values_of(run);
	size_t place = place_of(values, header->fields);

	if (!header->count || (place < values->count && is_of(&values->headers[place], header->fields)))
		return;
	if (values->count == values->capacity) {
		size_t capacity = values->capacity ? 2 * values->capacity : 4;
		KeptHeader *headers = arena_alloc(run->arena, capacity * sizeof *headers);

		if (values->count)
			memcpy(headers, values->headers, values->count * sizeof *headers);
		values->headers = headers;
		values->capacity = capacity;
	}
	memmove(&values->headers[place + 1], &values->headers[place],
		(values->count++ - place) * sizeof *values->headers);
	values->headers[place] = (KeptHeader){ header->fields, header->fields + header->count, NULL };
	values->recent = NULL;
}

static KeptHeader *header_of(SieveRun *run, const HeaderField *field)
{
	struct SieveValues *values = values_of(run);
	size_t place;

	if (values->recent && is_of(values->recent, field))
		return values->recent;
	sieve_keep_values(run, run->header);
	place = place_of(values, field);
	if (place == values->count || !is_of(&values->headers[place], field))
		return NULL;
	values->recent = &values->headers[place];
	return values->recent;
}

/* The place for what is made of `field`; one that is of no header that we know is not kept. */
static Kept *kept(SieveRun *run, const HeaderField *field)
{
	KeptHeader *header = header_of(run, field);

	if (!header)
		return ARENA_NEW(run->arena, Kept);
	if (!header->fields)
		header->fields = arena_zeroed(run->arena, (size_t)(header->end - header->first),
					      sizeof(Kept));
	return &header->fields[field - header->first];
}

static Slice raw_of(SieveRun *run, const HeaderField *field, Kept *it)
{
	if (!it->has_raw) {
		it->raw = header_unfold(field, run->arena);
		it->has_raw = true;
	}
	return it->raw;
}

SieveValue *sieve_field_value(SieveRun *run, const HeaderField *field)
{
	Kept *it = kept(run, field);

	if (!it->has_value) {
		it->value.text = ascii_trim(words_decode(raw_of(run, field, it), run->arena));
		it->has_value = true;
	}
	return &it->value;
}

Slice sieve_field_raw(SieveRun *run, const HeaderField *field)
{
	return raw_of(run, field, kept(run, field));
}

const AddressList *sieve_field_addresses(SieveRun *run, const HeaderField *field)
{
	Kept *it = kept(run, field);

	if (!it->addresses) {
		AddressList *list = ARENA_NEW(run->arena, AddressList);

		*list = address_parse_list(raw_of(run, field, it), run->arena);
		it->addresses = list;
	}
	return it->addresses;
}

const Parameters *sieve_field_parameters(SieveRun *run, const HeaderField *field)
{
	Kept *it = kept(run, field);

	if (!it->parameters) {
		Parameters *parameters = ARENA_NEW(run->arena, Parameters);

		*parameters = parameters_read(raw_of(run, field, it), run->arena);
		it->parameters = parameters;
	}
	return it->parameters;
}

static void add_field(SieveRun *run, SieveFields *fields, const HeaderField *field)
{
	if (fields->count == fields->capacity) {
		const HeaderField **items = arena_alloc(run->arena, fields->capacity * 2 * sizeof *items);

		memcpy(items, fields->items, fields->count * sizeof *items);
		fields->items = items;
		fields->capacity *= 2;
	}
	fields->items[fields->count++] = field;
}

void sieve_fields_add(SieveRun *run, SieveFields *fields, const HeaderIndex *header, const Slice *names,
		      size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (const HeaderField *field = header_find(header, names[i]); field;
		     field = header_next(header, field))
			add_field(run, fields, field);
}

/* The tag of the test that knows where its fields are, or NULL: in the message's header. */
static const SieveTagUse *finder(const SieveNode *node)
{
	const SieveTagUse *use = node->tags;

	while (use && !(use->tag && use->tag->find))
		use = use->next;
	return use;
}

SieveStatus sieve_fields(SieveRun *run, const SieveNode *node, const SieveStrings *names, SieveFields *fields)
{
	const SieveTagUse *find = finder(node);
	SieveStatus status = SIEVE_OK;
	const HeaderIndex *header;
	Slice few[4], *values = few;

	fields->items = fields->few;
	fields->count = 0;
	fields->capacity = sizeof fields->few / sizeof *fields->few;
	fields->all_hold_addresses = false;
	if (names->count > sizeof few / sizeof *few)
		values = arena_alloc(run->arena, names->count * sizeof *values);
	for (size_t i = 0; i < names->count && status == SIEVE_OK; i++)
		status = sieve_expand(run, &names->items[i], &values[i]);
	if (status == SIEVE_OK && find)
		status = find->tag->find(run, node, find, values, names->count, fields);
	else if (status == SIEVE_OK)
		status = sieve_message_header(run, node->span, &header);
	if (status == SIEVE_OK && !find)
		sieve_fields_add(run, fields, header, values, names->count);
	for (const SieveTagUse *use = node->tags; use && status == SIEVE_OK; use = use->next)
		if (use->tag && use->tag->filter)
			status = use->tag->filter(run, node, use, fields);
	return status;
}
