#include "message/icalendar.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/limits.h"

enum {
	FOLD_OCTETS = 75 /* RFC 5545, 3.1: without the line end */
};

/* ---- components ---- */

static void *grow(void *items, size_t count, size_t *capacity, size_t size, Arena *arena)
{
	void *larger;

	if (count < *capacity)
		return items;
	*capacity = *capacity ? *capacity * 2 : 8;
	larger = arena_alloc(arena, *capacity * size);
	if (count)
		memcpy(larger, items, count * size);
	return larger;
}

void ical_add(IcalComponent *component, IcalProperty property, Arena *arena)
{
	component->properties = grow(component->properties, component->count, &component->capacity,
				     sizeof property, arena);
	component->properties[component->count++] = property;
}

void ical_add_inner(IcalComponent *component, IcalComponent *inner, Arena *arena)
{
	component->inner = grow(component->inner, component->inner_count, &component->inner_capacity,
				sizeof(IcalComponent *), arena);
	component->inner[component->inner_count++] = inner;
}

IcalComponent *ical_new(const char *name, Arena *arena)
{
	IcalComponent *component = ARENA_NEW(arena, IcalComponent);

	component->name = slice_of(name);
	return component;
}

bool ical_is(const IcalComponent *component, const char *name)
{
	return ascii_equal_fold_string(component->name, name);
}

static IcalProperty *find_from(const IcalComponent *component, size_t from, Slice name)
{
	for (size_t i = from; i < component->count; i++)
		if (ascii_equal_fold(component->properties[i].name, name))
			return &component->properties[i];
	return NULL;
}

IcalProperty *ical_find(const IcalComponent *component, const char *name)
{
	return find_from(component, 0, slice_of(name));
}

IcalProperty *ical_next(const IcalComponent *component, const IcalProperty *previous)
{
	return find_from(component, (size_t)(previous - component->properties) + 1, previous->name);
}

Slice ical_value(const IcalComponent *component, const char *name)
{
	const IcalProperty *property = ical_find(component, name);

	return property ? property->value : SLICE("");
}

void ical_set(IcalComponent *component, const char *name, Slice value, Arena *arena)
{
	IcalProperty *property = ical_find(component, name);

	if (!property) {
		ical_add(component, (IcalProperty){ slice_of(name), SLICE(""), value }, arena);
		return;
	}
	property->parameters = SLICE("");
	property->value = value;
}

void ical_remove_inner(IcalComponent *component, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < component->inner_count; i++)
		if (!ical_is(component->inner[i], name))
			component->inner[kept++] = component->inner[i];
	component->inner_count = kept;
}

/* No deeper than what was read, so that this cannot be too deep. */
IcalComponent *ical_copy(const IcalComponent *component, Arena *arena)
{
	IcalComponent *copy = ARENA_NEW(arena, IcalComponent);

	copy->name = component->name;
	for (size_t i = 0; i < component->count; i++)
		ical_add(copy, component->properties[i], arena);
	for (size_t i = 0; i < component->inner_count; i++)
		ical_add_inner(copy, ical_copy(component->inner[i], arena), arena);
	return copy;
}

/* ---- parameters ---- */

static bool is_name_character(char c)
{
	return ascii_is_alnum(c) || c == '-';
}

static size_t name_length(Slice text)
{
	size_t length = 0;

	while (length < text.length && is_name_character(text.data[length]))
		length++;
	return length;
}

/* The end of a parameter's values: a ";" or ":" outside quotes, or the end of the text.  SIZE_MAX: a quote
 * that is not closed, or one that stands where none may. */
static size_t values_end(Slice text, size_t at)
{
	while (at < text.length && text.data[at] != ';' && text.data[at] != ':') {
		if (text.data[at] == '"') {
			const char *close = memchr(text.data + at + 1, '"', text.length - at - 1);

			if (!close)
				return SIZE_MAX;
			at = (size_t)(close - text.data);
		}
		at++;
	}
	return at;
}

/* Takes one ";NAME=VALUES" from the beginning of `rest`.  False when there is none. */
static bool take_parameter(Slice *rest, Slice *name, Slice *values)
{
	size_t length, end;
	Slice text;

	if (!rest->length || rest->data[0] != ';')
		return false;
	text = slice_from(*rest, 1);
	length = name_length(text);
	if (!length || length >= text.length || text.data[length] != '=')
		return false;
	end = values_end(text, length + 1);
	if (end == SIZE_MAX)
		return false;
	*name = slice(text.data, length);
	*values = slice(text.data + length + 1, end - length - 1);
	*rest = slice_from(text, end);
	return true;
}

static Slice without_quotes(Slice value)
{
	if (value.length >= 2 && value.data[0] == '"' && value.data[value.length - 1] == '"')
		return slice(value.data + 1, value.length - 2);
	return value;
}

Slice ical_parameter(const IcalProperty *property, const char *name)
{
	Slice rest = property->parameters, its_name, values;

	while (take_parameter(&rest, &its_name, &values))
		if (ascii_equal_fold_string(its_name, name))
			return without_quotes(values);
	return (Slice){ 0 };
}

void ical_set_parameter(IcalProperty *property, const char *name, const char *value, Arena *arena)
{
	AUTO_VALUE(Text) changed = { 0 };
	Slice rest = property->parameters, its_name, values;

	while (take_parameter(&rest, &its_name, &values))
		if (!ascii_equal_fold_string(its_name, name))
			text_printf(&changed, ";%.*s=%.*s", (int)its_name.length, its_name.data,
				    (int)values.length, values.data);
	text_printf(&changed, ";%s=%s", name, value);
	property->parameters = arena_copy_slice(arena, text_slice(&changed));
}

/* ---- reading ---- */

typedef struct Reader {
	Slice rest;
	Arena *arena;
	Failure *why;
	IcalComponent *open[LIMIT_ICAL_DEPTH];
	size_t depth;
	size_t properties, components;
} Reader;

/* Takes a line with those that continue it.  A line that nothing continues is not copied. */
static Slice take_line(Reader *reader)
{
	AUTO_VALUE(Text) unfolded = { 0 };
	Slice line;

	for (;;) {
		const char *feed = memchr(reader->rest.data, '\n', reader->rest.length);
		size_t length = feed ? (size_t)(feed - reader->rest.data) : reader->rest.length;

		line = slice(reader->rest.data, length);
		reader->rest = slice_from(reader->rest, length + 1);
		if (line.length && line.data[line.length - 1] == '\r')
			line.length--;
		if (unfolded.length)
			text_append_slice(&unfolded, slice_from(line, 1));
		if (!reader->rest.length || !ascii_is_blank(reader->rest.data[0]))
			break;
		if (!unfolded.length)
			text_append_slice(&unfolded, line);
	}
	return unfolded.length ? arena_copy_slice(reader->arena, text_slice(&unfolded)) : line;
}

static bool is_text(Slice line)
{
	for (size_t i = 0; i < line.length; i++)
		if (ascii_is_control(line.data[i]) && line.data[i] != '\t')
			return false;
	return utf8_valid(line);
}

static bool split_line(Slice line, IcalProperty *property)
{
	size_t length = name_length(line);
	Slice rest = slice_from(line, length), name, values;

	if (!length || !is_text(line))
		return false;
	property->name = slice(line.data, length);
	while (take_parameter(&rest, &name, &values))
		continue;
	if (!rest.length || rest.data[0] != ':')
		return false;
	property->parameters = slice(line.data + length, (size_t)(rest.data - line.data) - length);
	property->value = slice_from(rest, 1);
	return true;
}

static bool begin(Reader *reader, Slice name)
{
	IcalComponent *component = ARENA_NEW(reader->arena, IcalComponent);

	if (reader->depth == LIMIT_ICAL_DEPTH)
		return failure_retry(reader->why, "more than %d components inside one another",
				     LIMIT_ICAL_DEPTH);
	if (++reader->components > LIMIT_ICAL_COMPONENTS)
		return failure_retry(reader->why, "more than %d components", LIMIT_ICAL_COMPONENTS);
	component->name = name;
	if (reader->depth)
		ical_add_inner(reader->open[reader->depth - 1], component, reader->arena);
	reader->open[reader->depth++] = component;
	return true;
}

/* One content line.  `*done` when it closed the outermost component. */
static bool take(Reader *reader, const IcalProperty *property, bool *done)
{
	IcalComponent *inside = reader->depth ? reader->open[reader->depth - 1] : NULL;

	*done = false;
	if (ascii_equal_fold(property->name, SLICE("begin")))
		return begin(reader, ascii_trim(property->value));
	if (!inside)
		return failure_retry(reader->why, "it does not begin with BEGIN:VCALENDAR");
	if (ascii_equal_fold(property->name, SLICE("end"))) {
		if (!ascii_equal_fold(ascii_trim(property->value), inside->name))
			return failure_retry(reader->why, "an END that does not belong to its BEGIN");
		*done = --reader->depth == 0;
		return true;
	}
	if (++reader->properties > LIMIT_ICAL_PROPERTIES)
		return failure_retry(reader->why, "more than %d properties", LIMIT_ICAL_PROPERTIES);
	ical_add(inside, *property, reader->arena);
	return true;
}

/* Blank lines around it do no harm. */
static bool is_blank(Slice text)
{
	return ascii_trim(text).length == 0;
}

static IcalComponent *read_object(Reader *reader)
{
	bool done = false;

	while (reader->rest.length && !done) {
		IcalProperty property;
		Slice line = take_line(reader);

		if (is_blank(line))
			continue;
		if (!split_line(line, &property)) {
			failure_retry(reader->why, "a line that is no content line");
			return NULL;
		}
		if (!take(reader, &property, &done))
			return NULL;
	}
	if (!done || !is_blank(reader->rest)) {
		failure_retry(reader->why, done ? "something follows its end" : "its end is missing");
		return NULL;
	}
	return reader->open[0];
}

IcalComponent *ical_read(Slice bytes, Arena *arena, Failure *why)
{
	Reader reader = { .rest = bytes, .arena = arena, .why = why };
	IcalComponent *calendar;

	if (bytes.length >= 3 && memcmp(bytes.data, "\xef\xbb\xbf", 3) == 0)
		reader.rest = slice_from(bytes, 3); /* a mark that some programs write first */
	if (bytes.length > LIMIT_ICAL_BYTES) {
		failure_retry(why, "more than %d bytes", LIMIT_ICAL_BYTES);
		return NULL;
	}
	calendar = read_object(&reader);
	if (calendar && !ical_is(calendar, "VCALENDAR")) {
		failure_retry(why, "it does not begin with BEGIN:VCALENDAR");
		return NULL;
	}
	return calendar;
}

/* ---- writing ---- */

/* The line in pieces of at most 75 octets, cut between characters. */
static void write_folded(Slice line, Text *out)
{
	size_t room = FOLD_OCTETS;

	while (line.length > room) {
		Slice piece = utf8_cut(line, room);

		if (!piece.length)
			piece = slice(line.data, room);
		text_append_slice(out, piece);
		text_append_string(out, "\r\n ");
		line = slice_from(line, piece.length);
		room = FOLD_OCTETS - 1;
	}
	text_append_slice(out, line);
	text_append_string(out, "\r\n");
}

static void write_line(Slice name, Slice parameters, Slice value, Text *out)
{
	AUTO_VALUE(Text) line = { 0 };

	text_append_slice(&line, name);
	text_append_slice(&line, parameters);
	text_append_char(&line, ':');
	text_append_slice(&line, value);
	write_folded(text_slice(&line), out);
}

void ical_write(const IcalComponent *component, Text *out)
{
	write_line(SLICE("BEGIN"), SLICE(""), component->name, out);
	for (size_t i = 0; i < component->count; i++) {
		const IcalProperty *property = &component->properties[i];

		write_line(property->name, property->parameters, property->value, out);
	}
	for (size_t i = 0; i < component->inner_count; i++)
		ical_write(component->inner[i], out);
	write_line(SLICE("END"), SLICE(""), component->name, out);
}

/* ---- comparing ---- */

static int compare_lines(const void *a, const void *b)
{
	const Slice *left = a, *right = b;
	size_t shorter = left->length < right->length ? left->length : right->length;
	int order = memcmp(left->data, right->data, shorter);

	return order ? order : (left->length > right->length) - (left->length < right->length);
}

static Slice canonical(const IcalComponent *component, Arena *arena);

/* Everything in it, each as a text, in one order. */
static Slice canonical_content(const IcalComponent *component, Arena *arena)
{
	size_t count = component->count + component->inner_count, filled = 0;
	Slice *lines = arena_alloc(arena, (count + 1) * sizeof *lines);
	AUTO_VALUE(Text) content = { 0 };

	for (size_t i = 0; i < component->count; i++) {
		const IcalProperty *it = &component->properties[i];

		if (ascii_equal_fold(it->name, SLICE("prodid")))
			continue;
		lines[filled++] = slice_of(arena_printf(arena, "%.*s%.*s:%.*s", (int)it->name.length,
							it->name.data, (int)it->parameters.length,
							it->parameters.data, (int)it->value.length,
							it->value.data));
	}
	for (size_t i = 0; i < component->inner_count; i++)
		lines[filled++] = canonical(component->inner[i], arena);
	qsort(lines, filled, sizeof *lines, compare_lines);
	for (size_t i = 0; i < filled; i++) {
		text_append_slice(&content, lines[i]);
		text_append_char(&content, '\n');
	}
	return arena_copy_slice(arena, text_slice(&content));
}

static Slice canonical(const IcalComponent *component, Arena *arena)
{
	Slice content = canonical_content(component, arena);

	return slice_of(arena_printf(arena, "BEGIN:%.*s\n%.*sEND", (int)component->name.length,
				     component->name.data, (int)content.length, content.data));
}

bool ical_equal(const IcalComponent *a, const IcalComponent *b, Arena *arena)
{
	return slice_equal(canonical(a, arena), canonical(b, arena));
}
