/* editheader - add header fields to the message, and delete them
 * RFC 5293
 *
 * What the text leaves open: a value that is no line of text is an error (section 4), but for line ends at
 * its end, which a multi-line string always has; other values are encoded as they must be.  Fields that a
 * loop is known by, and those that "replace" keeps for the reader (RFC 5703, 5), are left alone; a site may
 * forbid more, but not Subject. */
#include "sieve/extensions/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "message/field_write.h"
#include "sieve/edit.h"
#include "sieve/extension.h"

enum {
	LEAST_FIELD_BYTES = 1024, /* section 4 asks for 998 */
	USUAL_FIELD_BYTES = 2048,
	SHOWN = 100
};

/* ---- names and values ---- */

/* Without the line ends at its end. */
static Slice without_line_end(Slice value)
{
	while (value.length && (value.data[value.length - 1] == '\n' || value.data[value.length - 1] == '\r'))
		value.length--;
	return value;
}

static bool is_field_value(Slice value)
{
	value = without_line_end(value);
	for (size_t i = 0; i < value.length; i++)
		if (ascii_is_control(value.data[i]) && value.data[i] != '\t')
			return false;
	return true;
}

static bool is_listed(const char *list, Slice name)
{
	while (list && *list) {
		size_t length = strcspn(list, " \t,");

		if (length && ascii_equal_fold(slice(list, length), name))
			return true;
		list += length + (list[length] != '\0');
	}
	return false;
}

/* May the script change fields of this name?  `setting` names what the site forbids. */
static bool is_allowed(const SieveRun *run, Slice name, const char *always, const char *setting)
{
	if (is_listed(always, name) || sieve_edit_protects(name))
		return false;
	return ascii_equal_fold(name, SLICE("subject")) || !is_listed(sieve_setting(run, setting), name);
}

static SieveStatus bad_name(SieveRun *run, const SieveString *string, Slice name)
{
	return sieve_fail(run, string->span, "'%.*s' is no name of a header field",
			  (int)(name.length < SHOWN ? name.length : SHOWN), name.data);
}

static SieveStatus expand_name(SieveRun *run, const SieveString *string, Slice *name)
{
	SieveStatus status = sieve_expand(run, string, name);

	if (status == SIEVE_OK && !header_is_name(*name))
		status = bad_name(run, string, *name);
	return status;
}

static void check_name(SieveCheck *check, const SieveString *name)
{
	if (sieve_is_constant(name) && !header_is_name(name->text))
		sieve_check_error(check, name->span,
				  name->text.length && name->text.data[name->text.length - 1] == ':'
					  ? "leave the ':' out"
					  : NULL,
				  "this is no name of a header field");
}

/* ---- addheader ---- */

static void check_addheader(SieveCheck *check, SieveNode *node)
{
	const SieveString *value = sieve_string(node, 1);

	check_name(check, sieve_string(node, 0));
	if (sieve_is_constant(value) && !is_field_value(value->text))
		sieve_check_error(check, value->span, NULL, "a header field holds one line of text");
}

static size_t field_limit(const SieveRun *run)
{
	const char *setting = sieve_setting(run, "editheader_max_header_size");
	size_t limit = setting ? strtoul(setting, NULL, 10) : USUAL_FIELD_BYTES;

	return limit < LEAST_FIELD_BYTES ? LEAST_FIELD_BYTES : limit;
}

static SieveStatus expand_value(SieveRun *run, const SieveString *string, Slice *value)
{
	SieveStatus status = sieve_expand(run, string, value);

	if (status != SIEVE_OK)
		return status;
	if (!is_field_value(*value))
		return sieve_fail(run, string->span, "a header field holds one line of text");
	*value = without_line_end(*value);
	if (value->length > field_limit(run))
		return sieve_fail(
			run, string->span,
			"a header field of %zu bytes; %zu are allowed (limit: editheader_max_header_size)",
			value->length, field_limit(run));
	return SIEVE_OK;
}

/* The header as it is now with `field` at its beginning or its end. */
static SieveStatus add_field(SieveRun *run, const SieveNode *node, Slice field)
{
	Slice header = run->message->header;
	bool has_line_end = !header.length || header.data[header.length - 1] == '\n';
	AUTO_VALUE(Text) block = { 0 };

	if (!sieve_tag(node, "last"))
		text_append_slice(&block, field);
	text_append_slice(&block, header);
	if (!has_line_end)
		text_append_string(&block, sieve_line_end(run));
	if (sieve_tag(node, "last"))
		text_append_slice(&block, field);
	return sieve_edit_header(run, node->span, arena_copy_slice(run->arena, text_slice(&block)));
}

static SieveStatus addheader(SieveRun *run, const SieveNode *node)
{
	Slice name, value;
	SieveStatus status = expand_name(run, sieve_string(node, 0), &name);

	if (status == SIEVE_OK)
		status = expand_value(run, sieve_string(node, 1), &value);
	if (status != SIEVE_OK || !is_allowed(run, name, NULL, "editheader_forbid_add"))
		return status;
	return add_field(run, node,
			 field_write(arena_copy_bytes(run->arena, name.data, name.length), value,
				     sieve_line_end(run), run->arena));
}

/* ---- deleteheader ---- */

static void check_deleteheader(SieveCheck *check, SieveNode *node)
{
	const SieveTagUse *index = sieve_tag(node, "index");

	check_name(check, sieve_string(node, 0));
	if (index && index->value.number == 0)
		sieve_check_error(check, index->value.span, NULL, ":index counts from 1");
}

/* The fields of this name that ":index" and ":last" leave. */
static size_t find_fields(const SieveRun *run, const SieveNode *node, Slice name, const HeaderField **found)
{
	const SieveTagUse *index = sieve_tag(node, "index");
	size_t count = 0;
	uint64_t number;

	for (const HeaderField *field = header_find(run->header, name); field;
	     field = header_next(run->header, field))
		found[count++] = field;
	if (!index)
		return count;
	number = index->value.number;
	if (number == 0 || number > count)
		return 0;
	found[0] = found[sieve_tag(node, "last") ? count - number : number - 1];
	return 1;
}

/* Leaves of the fields found those whose value matches, as the test "header" would have it; what counts looks
 * at all of them together. */
static SieveStatus keep_matching(SieveRun *run, const SieveNode *node, const HeaderField **found,
				 size_t *count)
{
	const SieveStrings *patterns = sieve_strings(node, 1);
	bool together = node->matching->type->counts;
	size_t kept = 0;
	SieveStatus status = SIEVE_OK;

	for (size_t i = 0; i < *count && status == SIEVE_OK; i += together ? *count : 1) {
		SieveMatch match;
		bool matched = false;

		sieve_match_begin(&match, run, node, patterns);
		for (size_t k = i; k < (together ? *count : i + 1) && status == SIEVE_OK; k++)
			status = sieve_match_kept(&match, sieve_field_value(run, found[k]));
		status = sieve_match_end(&match, status, &matched);
		if (matched && together)
			return status;
		if (matched)
			found[kept++] = found[i];
	}
	*count = kept;
	return status;
}

/* The header as it is now without these fields, which are in its order. */
static SieveStatus delete_fields(SieveRun *run, const SieveNode *node, const HeaderField *const *fields,
				 size_t count)
{
	Slice header = run->message->header;
	AUTO_VALUE(Text) block = { 0 };
	size_t done = 0;

	for (size_t i = 0; i < count; i++) {
		size_t start = (size_t)(fields[i]->raw.data - header.data);

		text_append(&block, header.data + done, start - done);
		done = start + fields[i]->raw.length;
	}
	text_append_slice(&block, slice_from(header, done));
	return sieve_edit_header(run, node->span, arena_copy_slice(run->arena, text_slice(&block)));
}

static SieveStatus deleteheader(SieveRun *run, const SieveNode *node)
{
	Slice name;
	SieveStatus status = expand_name(run, sieve_string(node, 0), &name);
	const HeaderField **found;
	size_t count;

	if (status != SIEVE_OK || !is_allowed(run, name, "received auto-submitted x-sieve-redirected-from",
					      "editheader_forbid_delete"))
		return status;
	found = arena_alloc(run->arena, (run->header->count + 1) * sizeof *found);
	count = find_fields(run, node, name, found);
	if (sieve_strings(node, 1))
		status = keep_matching(run, node, found, &count);
	return status == SIEVE_OK && count ? delete_fields(run, node, found, count) : status;
}

static const SieveActionInfo add_info = {
	.about = "adds a header field to the message",
	.document = "RFC 5293, 4",
	.interactions = "later tests and actions see it; reject and ereject refuse the message as it came",
	.with_imap_events = false,
};
static const SieveActionInfo delete_info = {
	.about = "deletes header fields of the message",
	.document = "RFC 5293, 5",
	.interactions = "later tests and actions see it; reject and ereject refuse the message as it came",
	.with_imap_events = false,
};

static const SieveVerb commands[] = {
	{ .name = "addheader",
	  .parameters = SIEVE_PARAMETERS({ "field-name", SIEVE_STRING }, { "value", SIEVE_STRING }),
	  .plans = SIEVE_PLANS_EDITS,
	  .action = &add_info,
	  .check = check_addheader,
	  .act = addheader },
	{ .name = "deleteheader",
	  .parameters = SIEVE_PARAMETERS({ "field-name", SIEVE_STRING },
					 { "value-patterns", SIEVE_STRING_LIST, .optional = true }),
	  .takes = SIEVE_TAKES_MATCH | SIEVE_SETS_NO_CAPTURES,
	  .plans = SIEVE_PLANS_EDITS,
	  .action = &delete_info,
	  .check = check_deleteheader,
	  .act = deleteheader },
	{ 0 },
};

static const SieveTag tags[] = {
	{ .name = "index", .of = "deleteheader", .value = SIEVE_NUMBER },
	{ .name = "last", .of = "addheader" },
	{ .name = "last", .of = "deleteheader", .needs = "index" },
	{ 0 },
};

const SieveExtension sieve_ext_editheader = {
	.capability = "editheader",
	.about = "add and delete header fields",
	.document = "RFC 5293",
	.commands = commands,
	.tags = tags,
};
