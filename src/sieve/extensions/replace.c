/* replace - another text in place of a part or of the whole message
 * RFC 5703, section 5
 *
 * What the text leaves open: of a part that is not a message the whole header goes with it; of a message, the
 * whole one or an enclosed one, what is not MIME's stays, byte for byte.  ":subject" and ":from" are about
 * the whole message, in a loop too when it is at that; elsewhere they mean nothing.  Line ends of a MIME
 * entity become those of the message, and a line in it that would end a multipart around it is an error. */
#include "sieve/extensions/list.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/address_write.h"
#include "message/field_write.h"
#include "message/header.h"
#include "message/limits.h"
#include "message/lines.h"
#include "message/parameters.h"
#include "sieve/edit.h"
#include "sieve/extension.h"
#include "sieve/part_make.h"
#include "sieve/parts.h"

enum {
	SHOWN = 100
};

/* ---- while compiling ---- */

/* Section 5: SHOULD be an error when the script is compiled. */
static void check_tag(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	if (sieve_tag(node, "mime"))
		sieve_check_error(check, use->span, NULL, "':%s' cannot go with ':mime'", use->tag->name);
}

static void check_from(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	const SieveString *from = use->value.strings.items;

	check_tag(check, node, use);
	if (sieve_is_constant(from) && !address_list_is_mailboxes(from->text, sieve_check_arena(check)))
		sieve_check_error(check, from->span, NULL, "this is no list of mail addresses");
}

/* Does it begin with a header, or with the empty line behind none? */
static bool is_entity(Slice text)
{
	return (text.length && text.data[0] == '\n') || ascii_starts_with_fold(text, "\r\n") ||
	       header_name_length(text) > 0;
}

#define NO_ENTITY "':mime' wants header fields, an empty line, and what they are about"

static void check_replace(SieveCheck *check, SieveNode *node)
{
	const SieveString *text = sieve_string(node, 0);

	if (sieve_check_loop(check))
		sieve_check_need_mime(check);
	if (sieve_tag(node, "mime") && sieve_is_constant(text) && !is_entity(text->text))
		sieve_check_error(check, text->span, NULL, NO_ENTITY);
}

/* ---- the new part ---- */

static Slice with_line_ends(SieveRun *run, Slice text)
{
	AUTO_VALUE(Text) out = { 0 };
	char previous = '\0';

	lines_convert(text, slice_of(sieve_line_end(run)), &previous, &out);
	lines_convert_end(&previous, &out);
	return arena_copy_slice(run->arena, text_slice(&out));
}

static bool is_no_content_field(Slice name)
{
	return !ascii_starts_with_fold(name, "content-");
}

/* Fields that the entity lacks, so that it means the same wherever it is put. */
static void complete_fields(SieveRun *run, const HeaderIndex *header, Slice body, Text *fields)
{
	if (!header_find(header, SLICE("content-type")))
		text_printf(fields, "Content-Type: text/plain; charset=utf-8%s", sieve_line_end(run));
	if (!header_find(header, SLICE("content-transfer-encoding")) && !ascii_only(body))
		text_printf(fields, "Content-Transfer-Encoding: 8bit%s", sieve_line_end(run));
}

static SieveStatus read_entity(SieveRun *run, const SieveString *string, Slice text, SieveEntity *entity)
{
	AUTO_VALUE(Text) fields = { 0 }, others = { 0 };
	size_t header_length, body_offset;
	const HeaderIndex *header;

	if (!is_entity(text))
		return sieve_fail(run, string->span, "%s", NO_ENTITY);
	text = with_line_ends(run, text);
	if (!header_find_end(text, &header_length, &body_offset))
		header_length = body_offset = text.length;
	header = header_index(slice(text.data, header_length), run->arena);
	entity->body = slice_from(text, body_offset);
	sieve_copy_fields(run, header, is_no_content_field, &fields);
	sieve_copy_fields(run, header, sieve_is_mime_field, &others);
	complete_fields(run, header, entity->body, &fields);
	entity->fields = arena_copy_slice(run->arena, text_slice(&fields));
	entity->others = arena_copy_slice(run->arena, text_slice(&others));
	return SIEVE_OK;
}

static SieveStatus make_entity(SieveRun *run, const SieveNode *node, SieveEntity *entity)
{
	const SieveString *string = sieve_string(node, 0);
	Slice text;
	SieveStatus status = sieve_expand(run, string, &text);

	if (status != SIEVE_OK)
		return status;
	if (sieve_tag(node, "mime"))
		return read_entity(run, string, text, entity);
	*entity = sieve_make_text(run, text);
	return SIEVE_OK;
}

/* ---- in place of the whole message ---- */

/* What ":subject" and ":from" say. */
typedef struct NewFields {
	Slice subject, from; /* whole lines; empty: as it was */
} NewFields;

static SieveStatus expand_subject(SieveRun *run, const SieveNode *node, NewFields *fields)
{
	const SieveTagUse *use = sieve_tag(node, "subject");
	Slice value;
	SieveStatus status;

	fields->subject = SLICE("");
	if (!use)
		return SIEVE_OK;
	status = sieve_expand(run, use->value.strings.items, &value);
	if (status == SIEVE_OK)
		fields->subject = field_write("Subject", value, sieve_line_end(run), run->arena);
	return status;
}

static SieveStatus expand_from(SieveRun *run, const SieveNode *node, NewFields *fields)
{
	const SieveTagUse *use = sieve_tag(node, "from");
	AUTO_VALUE(Text) list = { 0 };
	Slice value;
	SieveStatus status;

	fields->from = SLICE("");
	if (!use)
		return SIEVE_OK;
	status = sieve_expand(run, use->value.strings.items, &value);
	if (status != SIEVE_OK)
		return status;
	if (!address_list_is_mailboxes(value, run->arena))
		return sieve_fail(run, use->value.span, "'%.*s' is no list of mail addresses",
				  (int)utf8_cut(value, SHOWN).length, value.data);
	address_write_list(value, &list, run->arena);
	fields->from = field_write_folded("From", text_slice(&list), sieve_line_end(run), run->arena);
	return SIEVE_OK;
}

/* A field that gives way to `*by`, which is written in place of the first of its name; what it said is kept
 * under another one. */
static void rename_field(const HeaderField *field, const char *name, Slice *by, Text *out)
{
	Slice raw = field->raw;

	text_append_slice(out, *by);
	*by = SLICE("");
	text_printf(out, "%s:", name);
	text_append(out, field->value.data, (size_t)(raw.data + raw.length - field->value.data));
}

static void end_line(SieveRun *run, Text *out)
{
	if (out->length && out->data[out->length - 1] != '\n')
		text_append_string(out, sieve_line_end(run));
}

/* The message's header without what was MIME's. */
static Slice new_header(SieveRun *run, const NewFields *fields)
{
	const HeaderIndex *header = run->header;
	Slice subject = fields->subject, from = fields->from;
	AUTO_VALUE(Text) out = { 0 };

	for (size_t i = 0; i < header->count; i++) {
		const HeaderField *field = &header->fields[i];

		if (sieve_is_mime_field(field->name))
			continue;
		if (fields->subject.length && ascii_equal_fold_string(field->name, "subject"))
			rename_field(field, "Original-Subject", &subject, &out);
		else if (fields->from.length && ascii_equal_fold_string(field->name, "from"))
			rename_field(field, "Original-From", &from, &out);
		else
			text_append_slice(&out, field->raw);
		end_line(run, &out);
	}
	text_append_slice(&out, from);
	text_append_slice(&out, subject);
	return arena_copy_slice(run->arena, text_slice(&out));
}

/* A message ends with a whole line, if it has any. */
static Slice with_last_line_end(SieveRun *run, Slice body)
{
	AUTO_VALUE(Text) out = { 0 };

	if (!body.length || body.data[body.length - 1] == '\n')
		return body;
	text_append_slice(&out, body);
	text_append_string(&out, sieve_line_end(run));
	return arena_copy_slice(run->arena, text_slice(&out));
}

static SieveStatus replace_message(SieveRun *run, const SieveNode *node, SieveEntity *entity)
{
	NewFields fields;
	SieveStatus status = expand_subject(run, node, &fields);

	if (status == SIEVE_OK)
		status = expand_from(run, node, &fields);
	if (status != SIEVE_OK)
		return status;
	if (run->message->header_cut)
		return sieve_fail(run, node->span,
				  "a message with more than %d MB of header cannot be replaced (limit: "
				  "header bytes)",
				  LIMIT_HEADER_BYTES / (1024 * 1024));
	entity->body = with_last_line_end(run, entity->body);
	return sieve_parts_replace_all(run, node->span,
				       sieve_join_message(run, new_header(run, &fields), entity));
}

/* ---- in place of a part ---- */

/* Has the part a line that ends a multipart with this boundary? */
static bool has_boundary(Slice bytes, Slice boundary)
{
	while (bytes.length > boundary.length + 1) {
		const char *feed = memchr(bytes.data, '\n', bytes.length);

		if (bytes.data[0] == '-' && bytes.data[1] == '-' &&
		    memcmp(bytes.data + 2, boundary.data, boundary.length) == 0)
			return true;
		bytes = slice_from(bytes, feed ? (size_t)(feed - bytes.data) + 1 : bytes.length);
	}
	return false;
}

static SieveStatus check_boundary(SieveRun *run, const SieveNode *node, const HeaderField *type, Slice bytes)
{
	const Parameters *read = sieve_field_parameters(run, type);

	for (size_t i = 0; i < read->count; i++) {
		Slice boundary = read->items[i].value;

		if (ascii_equal_fold(read->items[i].name, SLICE("boundary")) && boundary.length &&
		    has_boundary(bytes, boundary))
			return sieve_fail(
				run, sieve_string(node, 0)->span,
				"the new part has a line that ends the multipart around it: '--%.*s'",
				(int)utf8_cut(boundary, SHOWN).length, boundary.data);
	}
	return SIEVE_OK;
}

/* A text of ours ends no multipart, an entity of the script's might. */
static SieveStatus check_boundaries(SieveRun *run, const SieveNode *node, const MimeTree *tree, size_t part,
				    Slice bytes)
{
	SieveStatus status = SIEVE_OK;

	for (int32_t at = tree->parts[part].parent; at >= 0 && status == SIEVE_OK;
	     at = tree->parts[at].parent) {
		const HeaderIndex *header;
		const HeaderField *type;

		status = sieve_part_header(run, node->span, (size_t)at, &header);
		type = status == SIEVE_OK ? header_find(header, SLICE("content-type")) : NULL;
		if (type && tree->parts[at].is_container)
			status = check_boundary(run, node, type, bytes);
	}
	return status;
}

static SieveStatus replace_part(SieveRun *run, const SieveNode *node, size_t part, SieveEntity *entity)
{
	SievePartEdit edit = { .part = part };
	AUTO_VALUE(Text) fields = { 0 };
	const HeaderIndex *header;
	MimeTree *tree;
	SieveStatus status = sieve_mime_tree(run, &tree);

	if (status == SIEVE_OK)
		status = sieve_part_header(run, node->span, part, &header);
	if (status != SIEVE_OK)
		return status;
	if (sieve_is_message(tree, part)) {
		sieve_copy_fields(run, header, sieve_is_mime_field, &fields);
		edit.bytes = sieve_join_message(run, text_slice(&fields), entity);
	} else {
		edit.bytes = sieve_join_part(run, entity);
	}
	if (sieve_tag(node, "mime"))
		status = check_boundaries(run, node, tree, part, edit.bytes);
	return status == SIEVE_OK ? sieve_parts_replace(run, node->span, &edit, 1) : status;
}

static SieveStatus replace(SieveRun *run, const SieveNode *node)
{
	size_t part = sieve_current_part(run);
	SieveEntity entity;
	SieveStatus status = make_entity(run, node, &entity);

	if (status != SIEVE_OK)
		return status;
	return part ? replace_part(run, node, part, &entity) : replace_message(run, node, &entity);
}

static const SieveActionInfo info = {
	.about = "replaces a part of the message, or all of it, by another text",
	.document = "RFC 5703, 5",
	.interactions = "later tests and actions see it; reject and ereject refuse the message as it came",
};

static const SieveVerb commands[] = {
	{ .name = "replace",
	  .parameters = SIEVE_PARAMETERS({ "replacement", SIEVE_STRING }),
	  .plans = SIEVE_PLANS_EDITS,
	  .action = &info,
	  .check = check_replace,
	  .act = replace },
	{ 0 },
};

static const SieveTag tags[] = {
	{ .name = "from", .of = "replace", .value = SIEVE_STRING, .check = check_from },
	{ .name = "mime", .of = "replace" },
	{ .name = "subject", .of = "replace", .value = SIEVE_STRING, .check = check_tag },
	{ 0 },
};

const SieveExtension sieve_ext_replace = {
	.capability = "replace",
	.about = "put another text in place of a part",
	.document = "RFC 5703, 5",
	.commands = commands,
	.tags = tags,
};
