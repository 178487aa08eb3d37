/* mime - the headers of parts, and what stands in a structured field
 * RFC 5703, section 4: ":mime" and ":anychild" of header, address and exists; ":type", ":subtype",
 * ":contenttype" and ":param" of header
 *
 * What the text leaves open: a field that is not there has no value, a Content-Type too, though a part
 * without one is text/plain.  A field that has not the form of a type gives an empty string, and is not
 * counted. */
#include "sieve/extensions/list.h"

#include "base/ascii.h"
#include "message/parameters.h"
#include "sieve/extension.h"
#include "sieve/parts.h"

#define TESTS "address exists header"

/* ---- which headers ---- */

static void check_mime(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	(void)use;
	/* Elsewhere it is the message's own header. */
	if (sieve_check_loop(check) || sieve_tag(node, "anychild"))
		sieve_check_need_mime(check);
}

static SieveStatus find_in_parts(SieveRun *run, const SieveNode *node, size_t end, const Slice *names,
				 size_t count, SieveFields *fields)
{
	SieveStatus status = SIEVE_OK;

	for (size_t part = sieve_current_part(run); part < end && status == SIEVE_OK; part++) {
		const HeaderIndex *header;

		status = sieve_part_header(run, node->span, part, &header);
		if (status == SIEVE_OK)
			sieve_fields_add(run, fields, header, names, count);
	}
	return status;
}

static SieveStatus find(SieveRun *run, const SieveNode *node, const SieveTagUse *use, const Slice *names,
			size_t count, SieveFields *fields)
{
	size_t part = sieve_current_part(run), end = part + 1;

	(void)use;
	fields->all_hold_addresses = true;
	if (sieve_tag(node, "anychild")) {
		MimeTree *tree;
		SieveStatus status = sieve_mime_tree(run, &tree);

		if (status != SIEVE_OK)
			return status;
		end = sieve_parts_end(tree, sieve_current_part(run));
	}
	return find_in_parts(run, node, end, names, count, fields);
}

/* ---- what of a field ---- */

static bool is_content_type(const HeaderField *field)
{
	return ascii_equal_fold(field->name, SLICE("content-type"));
}

static bool is_disposition(const HeaderField *field)
{
	return ascii_equal_fold(field->name, SLICE("content-disposition"));
}

/* What was found in a field that could be read counts; else there is an empty string to match. */
static SieveStatus offer_value(SieveMatch *match, Slice value)
{
	if (!sieve_match_only_counts(match))
		return sieve_match_value(match, value);
	sieve_match_count(match, value.length > 0);
	return SIEVE_OK;
}

static SieveStatus offer_type(SieveRun *run, const SieveTagUse *use, const HeaderField *field,
			      SieveMatch *match)
{
	(void)use;
	if (is_content_type(field))
		return offer_value(match, sieve_field_parameters(run, field)->type);
	return offer_value(match,
			   is_disposition(field) ? sieve_field_parameters(run, field)->value : SLICE(""));
}

static SieveStatus offer_subtype(SieveRun *run, const SieveTagUse *use, const HeaderField *field,
				 SieveMatch *match)
{
	const Parameters *read;

	(void)use;
	if (is_content_type(field))
		return offer_value(match, sieve_field_parameters(run, field)->subtype);
	if (!is_disposition(field) || !sieve_match_only_counts(match))
		return offer_value(match, SLICE(""));
	read = sieve_field_parameters(run, field);
	return offer_value(match, read->value);
}

static SieveStatus offer_contenttype(SieveRun *run, const SieveTagUse *use, const HeaderField *field,
				     SieveMatch *match)
{
	const Parameters *read;

	(void)use;
	if (!is_content_type(field))
		return offer_type(run, use, field, match);
	read = sieve_field_parameters(run, field);
	return offer_value(match, read->type.length ? read->value : SLICE(""));
}

static SieveStatus offer_param(SieveRun *run, const SieveTagUse *use, const HeaderField *field,
			       SieveMatch *match)
{
	const SieveStrings *names = &use->value.strings;
	const Parameters *read = sieve_field_parameters(run, field);
	SieveStatus status = SIEVE_OK;

	for (size_t i = 0; i < names->count && sieve_match_open(match, status); i++) {
		Slice name;

		status = sieve_expand(run, &names->items[i], &name);
		for (size_t k = 0; k < read->count && sieve_match_open(match, status); k++)
			if (ascii_equal_fold(read->items[k].name, name))
				status = sieve_match_value(match, read->items[k].value);
	}
	return status;
}

#define OPTION(name_, offer_)                                                                        \
	{                                                                                            \
		.name = name_, .of = "header", .group = "mimeopts", .needs = "mime", .offer = offer_ \
	}

static const SieveTag tags[] = {
	{ .name = "anychild", .of = TESTS, .needs = "mime" },
	OPTION("contenttype", offer_contenttype),
	{ .name = "mime", .of = TESTS, .check = check_mime, .find = find },
	{ .name = "param",
	  .of = "header",
	  .value = SIEVE_STRING_LIST,
	  .group = "mimeopts",
	  .needs = "mime",
	  .offer = offer_param },
	OPTION("subtype", offer_subtype),
	OPTION("type", offer_type),
	{ 0 },
};

const SieveExtension sieve_ext_mime = {
	.capability = "mime",
	.about = "test the headers of parts, and parameters",
	.document = "RFC 5703, 4",
	.tags = tags,
};
