/* fields - header fields as tests see them, made once for all rules that ask
 * RFC 5228, section 5.7 (unfolded, decoded, trimmed) and 5.1 (addresses) */
#include <string.h>

#include "base/ascii.h"
#include "message/words.h"
#include "sieve/script.h"

/* What was made of one field of run->header. */
typedef struct Kept {
	bool has_value, has_raw;
	SieveValue value;
	Slice raw;
	const AddressList *addresses;
} Kept;

struct SieveValues {
	const HeaderIndex *of;
	Kept *fields;
	MimeTree *tree; /* of the version of the message that `tree_edits` edits made */
	unsigned tree_edits;
};

static struct SieveValues *values_of(SieveRun *run)
{
	if (!run->values)
		run->values = ARENA_NEW(run->arena, struct SieveValues);
	return run->values;
}

SieveStatus sieve_mime_tree(SieveRun *run, MimeTree **tree)
{
	struct SieveValues *values = values_of(run);
	const MimeModule *mime = run->input->mime;
	Failure why = { 0 };

	if (!mime) {
		failure_retry(&why, "the mime module is not there");
		return sieve_later(run, &why);
	}
	if (!values->tree || values->tree_edits != run->edits) {
		if (!mime->parse(run->message, run->arena, &values->tree, &why))
			return sieve_later(run, &why);
		values->tree_edits = run->edits;
	}
	*tree = values->tree;
	return SIEVE_OK;
}

/* The place for what is made of `field`; one that is not of the message's own header is not kept. */
static Kept *kept(SieveRun *run, const HeaderField *field)
{
	const HeaderIndex *header = run->header;

	if (field < header->fields || field >= header->fields + header->count)
		return ARENA_NEW(run->arena, Kept);
	if (values_of(run)->of != header) {
		run->values->of = header;
		run->values->fields = arena_zeroed(run->arena, header->count, sizeof(Kept));
	}
	return &run->values->fields[field - header->fields];
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

SieveStatus sieve_fields(SieveRun *run, const SieveNode *node, const SieveStrings *names, SieveFields *fields)
{
	SieveStatus status = SIEVE_OK;

	fields->items = fields->few;
	fields->count = 0;
	fields->capacity = sizeof fields->few / sizeof *fields->few;
	fields->of = run->header;
	for (size_t i = 0; i < names->count && status == SIEVE_OK; i++) {
		Slice name;

		status = sieve_expand(run, &names->items[i], &name);
		if (status != SIEVE_OK)
			break;
		for (const HeaderField *field = header_find(run->header, name); field;
		     field = header_next(run->header, field))
			add_field(run, fields, field);
	}
	for (const SieveTagUse *use = node->tags; use && status == SIEVE_OK; use = use->next)
		if (use->tag && use->tag->filter)
			status = use->tag->filter(run, node, use, fields);
	return status;
}
