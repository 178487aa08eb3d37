/* convert - parts of one media type become parts of another
 * RFC 6558; RFC 5259 (the parameters)
 *
 * What is there: HTML becomes the text that a reader sees, a text is brought into another charset ("charset",
 * UTF-8 unless it is given, and "unknown-character-replacement"), and the site may name a program for any
 * other pair of types, which is run as "filter" runs its own.  A parameter that a conversion does not know is
 * one that cannot be done.
 *
 * The list of parameters may be left out, since the language has no empty list.
 *
 * When one part cannot be converted no part is, the rules go on, and the test is false (2.1).  A converted
 * part keeps its fields but for those that were about its old content. */
#include "sieve/extensions/list.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/charset.h"
#include "message/charset_write.h"
#include "message/part_write.h"
#include "plan/limits.h"
#include "plan/plan.h"
#include "sieve/edit.h"
#include "sieve/extension.h"
#include "sieve/part_make.h"
#include "sieve/part_text.h"
#include "sieve/parts.h"
#include "sieve/programs.h"

enum {
	SHOWN = 100
};

/* One "convert" under way. */
typedef struct Conversion {
	SieveRun *run;
	const SieveNode *node;
	bool is_test;
	Slice from, to;
	PlanList parameters; /* "name=value" */
	Slice program;       /* that the site names for it; empty: none */
	MimeTree *tree;
	SieveStatus status;
	bool failed;
} Conversion;

/* ---- types, parameters and programs ---- */

/* "type/subtype", nothing else. */
static bool is_type(Slice text)
{
	size_t slashes = 0;

	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] <= ' ' || text.data[i] > '~' || strchr("()<>@,;:\\\"[]?=", text.data[i]))
			return false;
		slashes += text.data[i] == '/';
	}
	return slashes == 1 && text.data[0] != '/' && text.data[text.length - 1] != '/';
}

static bool is_parameter(Slice text)
{
	const char *equals = text.length ? memchr(text.data, '=', text.length) : NULL;

	return equals && equals != text.data && plan_argument_valid(text);
}

static Slice parameter_of(const Conversion *conversion, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < conversion->parameters.count; i++) {
		Slice it = slice_of(conversion->parameters.items[i]);

		if (ascii_starts_with_fold(it, name) && it.length > length && it.data[length] == '=')
			return slice_from(it, length + 1);
	}
	return (Slice){ 0 };
}

/* One word of the setting: "from>to=program". */
typedef struct Mapping {
	Slice from, to, program;
} Mapping;

static bool read_mapping(Slice word, Mapping *mapping)
{
	const char *arrow = memchr(word.data, '>', word.length);
	const char *equals = arrow ? memchr(arrow, '=', (size_t)(word.data + word.length - arrow)) : NULL;

	if (!equals)
		return false;
	mapping->from = slice(word.data, (size_t)(arrow - word.data));
	mapping->to = slice(arrow + 1, (size_t)(equals - arrow - 1));
	mapping->program = slice_from(word, (size_t)(equals - word.data) + 1);
	return is_type(mapping->from) && is_type(mapping->to) && plan_program_valid(mapping->program);
}

static bool next_word(const char **rest, Slice *word)
{
	*rest += strspn(*rest, " \t");
	*word = slice(*rest, strcspn(*rest, " \t"));
	*rest += word->length;
	return word->length > 0;
}

/* Is `type` what a mapping says: the type itself, or "image" of "image/" and a star? */
static bool covers(Slice pattern, Slice type)
{
	if (pattern.length < 2 || memcmp(pattern.data + pattern.length - 2, "/*", 2) != 0)
		return ascii_equal_fold(pattern, type);
	return type.length >= pattern.length - 1 && ascii_equal_fold(slice(pattern.data, pattern.length - 1),
								     slice(type.data, pattern.length - 1));
}

static Slice find_program(const Conversion *conversion)
{
	const char *rest = sieve_setting(conversion->run, "convert_programs");
	Mapping mapping;
	Slice word;

	while (rest && next_word(&rest, &word))
		if (read_mapping(word, &mapping) && covers(mapping.from, conversion->from) &&
		    ascii_equal_fold(mapping.to, conversion->to))
			return mapping.program;
	return SLICE("");
}

/* ---- while compiling ---- */

static void check_type(SieveCheck *check, const SieveString *type)
{
	if (sieve_is_constant(type) && !is_type(type->text))
		sieve_check_error(check, type->span, NULL, "this is no media type: it is 'type/subtype'");
}

static void check_setting(SieveCheck *check, const SieveNode *node)
{
	const char *rest = sieve_check_setting(check, "convert_programs");
	Mapping mapping;
	Slice word;

	while (rest && next_word(&rest, &word))
		if (!read_mapping(word, &mapping))
			sieve_check_warn(check, "setting", node->span, NULL,
					 "the setting convert_programs has '%.*s', which is not "
					 "'type/subtype>type/subtype=program'",
					 (int)utf8_cut(word, SHOWN).length, word.data);
}

static void check_convert(SieveCheck *check, SieveNode *node)
{
	const SieveStrings *parameters = sieve_strings(node, 2);

	sieve_check_need_mime(check);
	check_type(check, sieve_string(node, 0));
	check_type(check, sieve_string(node, 1));
	for (size_t i = 0; parameters && i < parameters->count; i++)
		if (sieve_is_constant(&parameters->items[i]) && parameters->items[i].text.length &&
		    !is_parameter(parameters->items[i].text))
			sieve_check_error(check, parameters->items[i].span, NULL,
					  "a parameter of a conversion is 'name=value'");
	if (parameters && parameters->count > LIMIT_ARGUMENTS - 2)
		sieve_check_error(check, node->span, NULL, "more than %d parameters (limit: arguments)",
				  LIMIT_ARGUMENTS - 2);
	check_setting(check, node);
}

/* ---- what goes wrong ---- */

/* The conversion cannot be done: a command tells the script's owner, a test whoever tries the rules. */
static void give_up(Conversion *conversion, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void give_up(Conversion *conversion, const char *format, ...)
{
	va_list arguments;
	char text[FAILURE_TEXT_MAX];

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	conversion->failed = true;
	(conversion->is_test ? sieve_note : sieve_warn)(
		conversion->run, conversion->node->span, "no %.*s is made of %.*s: %s",
		(int)conversion->to.length, conversion->to.data, (int)conversion->from.length,
		conversion->from.data, text);
}

static bool goes_on(const Conversion *conversion)
{
	return conversion->status == SIEVE_OK && !conversion->failed;
}

/* ---- the content ---- */

static bool gather(void *self, Slice bytes)
{
	Text *text = self;

	text_append_slice(text, bytes);
	return text->length <= SIEVE_LIMIT_CONVERTED_BYTES;
}

/* The part's content: for a program as its bytes are, else as text in UTF-8. */
static void read_content(Conversion *conversion, size_t part, bool as_text, Text *content)
{
	SieveRun *run = conversion->run;
	SieveLines lines = { .sink = gather, .self = content };
	bool strips = as_text && !ascii_equal_fold(conversion->to, SLICE("text/html"));
	bool done, readable;
	Failure why = { 0 };

	conversion->status = sieve_is_readable(run, conversion->node->span, conversion->tree, part,
					       &readable);
	if (conversion->status != SIEVE_OK)
		return;
	if (!readable) {
		give_up(conversion, "its content cannot be read");
		return;
	}
	if (strips)
		done = sieve_read_text(run, conversion->tree, part, sieve_take_lines, &lines, &why);
	else if (as_text)
		done = run->input->mime->read_part(run->message, conversion->tree, part, MIME_DECODE_UTF8,
						   sieve_take_lines, &lines, &why);
	else
		done = run->input->mime->read_part(run->message, conversion->tree, part, MIME_DECODE_TRANSFER,
						   gather, content, &why);
	text_clear(&lines.text);
	if (!done)
		conversion->status = sieve_later(run, &why);
	else if (content->length > SIEVE_LIMIT_CONVERTED_BYTES)
		give_up(conversion, "it is larger than %d MB (limit: conversion)",
			SIEVE_LIMIT_CONVERTED_BYTES / (1024 * 1024));
}

/* ---- by ourselves ---- */

static bool is_text(Slice type)
{
	return ascii_starts_with_fold(type, "text/");
}

/* HTML to text, and any text to itself in another charset. */
static bool is_ours(const Conversion *conversion)
{
	if (!is_text(conversion->from))
		return false;
	return ascii_equal_fold(conversion->from, conversion->to) ||
	       (ascii_equal_fold(conversion->from, SLICE("text/html")) &&
		ascii_equal_fold(conversion->to, SLICE("text/plain")));
}

static bool knows_parameters(const Conversion *conversion)
{
	for (size_t i = 0; i < conversion->parameters.count; i++) {
		Slice it = slice_of(conversion->parameters.items[i]);

		if (!ascii_starts_with_fold(it, "charset=") &&
		    !ascii_starts_with_fold(it, "unknown-character-replacement="))
			return false;
	}
	return true;
}

static Slice charset_wanted(const Conversion *conversion)
{
	Slice charset = parameter_of(conversion, "charset");

	return charset.length ? charset : SLICE("utf-8");
}

/* What is ASCII in all charsets but those of two bytes and more. */
static bool has_ascii(Slice charset)
{
	AUTO_VALUE(Text) sample = { 0 };

	return charset_from_utf8(charset, SLICE("a\n-="), SLICE("?"), &sample) &&
	       slice_equal(text_slice(&sample), SLICE("a\n-="));
}

static void make_text(Conversion *conversion, Slice utf8, PartBody *body)
{
	SieveRun *run = conversion->run;
	Slice charset = charset_wanted(conversion);
	Slice replacement = parameter_of(conversion, "unknown-character-replacement");
	AUTO_VALUE(Text) text = { 0 };

	if (!charset_from_utf8(charset, utf8, replacement.data ? replacement : SLICE("?"), &text)) {
		give_up(conversion, "the charset '%.*s' is not known", (int)utf8_cut(charset, SHOWN).length,
			charset.data);
		return;
	}
	*body = (has_ascii(charset) ? part_write_text : part_write_bytes)(text_slice(&text),
									  sieve_line_end(run), run->arena);
}

/* ---- by a program ---- */

static void append_argument(Conversion *conversion, PlanList *list, Slice text)
{
	list->items[list->count++] = arena_copy_bytes(conversion->run->arena, text.data, text.length);
}

static void run_program(Conversion *conversion, Slice content, SieveProgramEnd *result)
{
	PlanList arguments = { .items = arena_zeroed(conversion->run->arena, conversion->parameters.count + 2,
						     sizeof(char *)) };

	append_argument(conversion, &arguments, conversion->from);
	append_argument(conversion, &arguments, conversion->to);
	for (size_t i = 0; i < conversion->parameters.count; i++)
		arguments.items[arguments.count++] = conversion->parameters.items[i];
	conversion->status = sieve_ask_program(conversion->run, conversion->node->span, "convert",
					       conversion->program, &arguments, PROGRAM_READS_TEXT, content,
					       result);
}

static void make_by_program(Conversion *conversion, Slice content, PartBody *body)
{
	SieveRun *run = conversion->run;
	SieveProgramEnd result;

	run_program(conversion, content, &result);
	if (conversion->status != SIEVE_OK)
		return;
	if (result.end == PROGRAM_DONE)
		*body = (is_text(conversion->to) ? part_write_text : part_write_bytes)(
			result.bytes, sieve_line_end(run), run->arena);
	else if (result.end == PROGRAM_NOT_RUN)
		give_up(conversion, "no program is run here");
	else
		give_up(conversion, "'%.*s': %.*s", (int)conversion->program.length, conversion->program.data,
			(int)utf8_cut(result.bytes, FAILURE_TEXT_MAX / 2).length, result.bytes.data);
}

/* ---- the new part ---- */

/* What was said of the old content. */
static bool is_about_content(Slice name)
{
	static const char *const names[] = { "content-type", "content-transfer-encoding", "content-md5",
					     "content-length" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (ascii_equal_fold_string(name, names[i]))
			return true;
	return false;
}

static void write_fields(Conversion *conversion, size_t part, const HeaderIndex *header, const PartBody *body,
			 Text *out)
{
	const char *line_end = sieve_line_end(conversion->run);
	Slice charset = charset_wanted(conversion);

	if (sieve_is_message(conversion->tree, part) && !header_find(header, SLICE("mime-version")))
		text_printf(out, "MIME-Version: 1.0%s", line_end);
	text_printf(out, "Content-Type: %.*s", (int)conversion->to.length, conversion->to.data);
	if (!charset_is_known(charset))
		charset = SLICE("utf-8");
	if (is_text(conversion->to))
		text_printf(out, "; charset=\"%.*s\"", (int)charset.length, charset.data);
	text_printf(out, "%sContent-Transfer-Encoding: %s%s", line_end, body->encoding, line_end);
}

static void join(Conversion *conversion, size_t part, const PartBody *body, SievePartEdit *edit)
{
	SieveRun *run = conversion->run;
	AUTO_VALUE(Text) others = { 0 }, fields = { 0 };
	const HeaderIndex *header;
	SieveEntity entity;

	conversion->status = sieve_part_header(run, conversion->node->span, part, &header);
	if (conversion->status != SIEVE_OK)
		return;
	sieve_copy_fields(run, header, is_about_content, &others);
	write_fields(conversion, part, header, body, &fields);
	entity = (SieveEntity){ .others = text_slice(&others),
				.fields = text_slice(&fields),
				.body = body->bytes };
	*edit = (SievePartEdit){ part, sieve_join_part(run, &entity) };
}

/* Makes of a part what it is to be. */
static void convert_part(Conversion *conversion, size_t part, SievePartEdit *edit)
{
	bool as_text = !conversion->program.length;
	AUTO_VALUE(Text) content = { 0 };
	PartBody body = { 0 };

	conversion->status = sieve_check_memory(conversion->run, conversion->node->span);
	if (goes_on(conversion))
		read_content(conversion, part, as_text, &content);
	if (goes_on(conversion) && as_text)
		make_text(conversion, text_slice(&content), &body);
	else if (goes_on(conversion))
		make_by_program(conversion, text_slice(&content), &body);
	if (goes_on(conversion))
		join(conversion, part, &body, edit);
}

/* ---- all of them ---- */

static bool is_of_type(const MimePart *part, Slice type)
{
	size_t length = strlen(part->type);

	return type.length > length && type.data[length] == '/' &&
	       ascii_equal_fold_string(slice(type.data, length), part->type) &&
	       ascii_equal_fold_string(slice_from(type, length + 1), part->subtype);
}

/* May the conversion be done at all? */
static void find_way(Conversion *conversion)
{
	conversion->program = find_program(conversion);
	if (conversion->run->message->header_cut)
		give_up(conversion, "the header of the message is too long");
	else if (!conversion->program.length && !is_ours(conversion))
		give_up(conversion, "nothing does this here");
	else if (!conversion->program.length && !knows_parameters(conversion))
		give_up(conversion, "its parameters are not known");
}

/* The part that a loop is at, else all. */
static void convert_parts(Conversion *conversion)
{
	SieveRun *run = conversion->run;
	bool in_loop = sieve_in_loop(run);
	size_t part = sieve_current_part(run),
	       end = in_loop ? part + 1 : sieve_parts_end(conversion->tree, part);
	SievePartEdit *edits = arena_alloc(run->arena, (end - part + 1) * sizeof *edits);
	size_t count = 0;

	for (; part < end && goes_on(conversion); part++) {
		if (!is_of_type(&conversion->tree->parts[part], conversion->from))
			continue;
		if (!count)
			find_way(conversion);
		if (goes_on(conversion))
			convert_part(conversion, part, &edits[count++]);
	}
	if (goes_on(conversion) && count)
		conversion->status = sieve_parts_replace(run, conversion->node->span, edits, count);
}

static SieveStatus expand_type(SieveRun *run, const SieveString *string, Slice *type)
{
	SieveStatus status = sieve_expand(run, string, type);

	if (status == SIEVE_OK && !is_type(*type))
		return sieve_fail(run, string->span, "'%.*s' is no media type",
				  (int)utf8_cut(*type, SHOWN).length, type->data);
	return status;
}

static SieveStatus expand_parameters(SieveRun *run, const SieveStrings *strings, PlanList *list)
{
	size_t count = strings ? strings->count : 0;

	list->items = arena_zeroed(run->arena, count + 1, sizeof *list->items);
	for (size_t i = 0; i < count; i++) {
		Slice value;
		SieveStatus status = sieve_expand(run, &strings->items[i], &value);

		if (status != SIEVE_OK)
			return status;
		if (!value.length)
			continue;
		if (!is_parameter(value))
			return sieve_fail(run, strings->items[i].span,
					  "a parameter of a conversion is 'name=value', in one line");
		list->items[list->count++] = arena_copy_bytes(run->arena, value.data, value.length);
	}
	return SIEVE_OK;
}

static SieveStatus convert(SieveRun *run, const SieveNode *node, bool is_test, bool *done)
{
	Conversion conversion = { .run = run, .node = node, .is_test = is_test };

	*done = false;
	conversion.status = expand_type(run, sieve_string(node, 0), &conversion.from);
	if (conversion.status == SIEVE_OK)
		conversion.status = expand_type(run, sieve_string(node, 1), &conversion.to);
	if (conversion.status == SIEVE_OK)
		conversion.status = expand_parameters(run, sieve_strings(node, 2), &conversion.parameters);
	if (conversion.status == SIEVE_OK)
		conversion.status = sieve_mime_tree(run, &conversion.tree);
	if (conversion.status == SIEVE_OK)
		convert_parts(&conversion);
	*done = goes_on(&conversion);
	return conversion.status;
}

static SieveStatus act(SieveRun *run, const SieveNode *node)
{
	bool done;

	return convert(run, node, false, &done);
}

static SieveStatus test(SieveRun *run, const SieveNode *node, bool *result)
{
	return convert(run, node, true, result);
}

static const SieveActionInfo info = {
	.about = "makes of parts of one media type parts of another",
	.document = "RFC 6558, 2",
	.interactions = "later tests and actions see it; reject and ereject refuse the message as it came",
};

#define PARAMETERS                                                                               \
	SIEVE_PARAMETERS({ "from-media-type", SIEVE_STRING }, { "to-media-type", SIEVE_STRING }, \
			 { "transcoding-params", SIEVE_STRING_LIST, .optional = true })

static const SieveVerb commands[] = {
	{ .name = "convert",
	  .parameters = PARAMETERS,
	  .plans = SIEVE_PLANS_EDITS | SIEVE_PLANS_PROGRAMS,
	  .action = &info,
	  .check = check_convert,
	  .act = act },
	{ 0 },
};

static const SieveVerb tests[] = {
	{ .name = "convert",
	  .parameters = PARAMETERS,
	  .plans = SIEVE_PLANS_EDITS | SIEVE_PLANS_PROGRAMS,
	  .check = check_convert,
	  .test = test },
	{ 0 },
};

const SieveExtension sieve_ext_convert = {
	.capability = "convert",
	.about = "convert parts to other media types",
	.document = "RFC 6558",
	.commands = commands,
	.tests = tests,
};
