/* plan_wire - a plan as bytes, on its way from the judge to the courier
 *
 * Numbers are four bytes, least significant first; a string is its length and its bytes; a
 * boolean is one byte, 0 or 1.  In order: version, outcome, implicit keep and its flags, the deciding
 * line, the error, the warnings, the actions.  There is one way to write a plan, and nothing
 * may follow it. */
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "plan/limits.h"
#include "plan/plan.h"

enum {
	WIRE_VERSION = 1,
	LIMIT_SCRIPT_NAME = 1024
};

/* --- writing --- */

static void put_byte(Text *out, unsigned value)
{
	text_append_char(out, (char)value);
}

static void put_number(Text *out, size_t value)
{
	char bytes[4];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(value >> (8 * i) & 0xff);
	text_append(out, bytes, sizeof bytes);
}

static void put_string(Text *out, const char *string, size_t limit)
{
	Slice bytes = utf8_cut(slice_of(string ? string : ""), limit);

	put_number(out, bytes.length);
	text_append_slice(out, bytes);
}

/* A name is never cut: a shorter one is another one.  The reader refuses it instead. */
static void put_name(Text *out, const char *name)
{
	put_string(out, name, SIZE_MAX);
}

static void put_flags(Text *out, const PlanFlags *flags)
{
	put_byte(out, flags->set);
	put_number(out, flags->count);
	for (size_t i = 0; i < flags->count; i++)
		put_name(out, flags->names[i]);
}

static void put_action(Text *out, const Action *action)
{
	put_byte(out, action->kind);
	put_byte(out, action->copy);
	put_string(out, action->script, LIMIT_SCRIPT_NAME);
	put_number(out, action->line);
	if (action->kind == ACTION_FILEINTO) {
		put_name(out, action->folder);
		put_byte(out, action->create);
	}
	if (action->kind == ACTION_FILEINTO || action->kind == ACTION_KEEP)
		put_flags(out, &action->flags);
	if (action->kind == ACTION_REDIRECT)
		put_name(out, action->address);
}

void plan_encode(const Plan *plan, Text *out)
{
	put_byte(out, WIRE_VERSION);
	put_byte(out, plan->outcome);
	put_byte(out, plan->implicit_keep);
	put_flags(out, &plan->implicit_flags);
	put_number(out, plan->decided_line);
	put_string(out, plan->error, LIMIT_ERROR_LENGTH);
	put_number(out, plan->warning_count);
	for (size_t i = 0; i < plan->warning_count; i++)
		put_string(out, plan->warnings[i], LIMIT_WARNING_LENGTH);
	put_number(out, plan->count);
	for (size_t i = 0; i < plan->count; i++)
		put_action(out, &plan->actions[i]);
}

/* --- reading --- */

/* What is left to read.  The first thing that is wrong sets `wrong`; from then on every
 * getter gives nothing, so that it is enough to ask once, at the end. */
typedef struct Reader {
	Slice rest;
	Arena *arena;
	const char *wrong;
} Reader;

static size_t nothing(Reader *reader, const char *wrong)
{
	if (!reader->wrong)
		reader->wrong = wrong;
	reader->rest.length = 0;
	return 0;
}

static size_t get_number(Reader *reader, size_t limit)
{
	size_t value = 0;

	if (reader->rest.length < 4)
		return nothing(reader, "it ends too soon");
	for (unsigned i = 0; i < 4; i++)
		value |= (size_t)(unsigned char)reader->rest.data[i] << (8 * i);
	reader->rest = slice_from(reader->rest, 4);
	return value <= limit ? value : nothing(reader, "a number is beyond its limit");
}

/* A byte of 0 to `most`. */
static unsigned get_byte(Reader *reader, unsigned most)
{
	unsigned value;

	if (reader->rest.length < 1)
		return (unsigned)nothing(reader, "it ends too soon");
	value = (unsigned char)reader->rest.data[0];
	reader->rest = slice_from(reader->rest, 1);
	return value <= most ? value : (unsigned)nothing(reader, "a byte has no meaning");
}

static bool get_bool(Reader *reader)
{
	return get_byte(reader, 1) != 0;
}

static char *get_name(Reader *reader, size_t limit)
{
	size_t length = get_number(reader, limit);
	Slice bytes = reader->rest;

	if (length > bytes.length || memchr(bytes.data, '\0', length)) {
		nothing(reader, length > bytes.length ? "a string ends too soon" : "a string has a NUL");
		length = 0;
	}
	reader->rest = slice_from(reader->rest, length);
	return arena_copy_bytes(reader->arena, bytes.data, length);
}

/* What people read: an enemy's text may reach a terminal. */
static const char *get_text(Reader *reader, size_t limit, bool lines)
{
	char *text = get_name(reader, limit);
	size_t left = strlen(text);

	for (char *at = text; left;) {
		uint32_t code_point = 0;
		size_t length = utf8_decode(at, left, &code_point);
		bool allowed = code_point == '\t' || (code_point == '\n' && lines);

		if (length == 0 || (code_point < 32 && !allowed) || (code_point >= 127 && code_point < 160)) {
			length = length ? length : 1;
			memset(at, '?', length);
		}
		at += length;
		left -= length;
	}
	return text;
}

static PlanFlags get_flags(Reader *reader)
{
	PlanFlags flags = { .set = get_bool(reader), .count = get_number(reader, LIMIT_FLAGS) };

	if (flags.count)
		flags.names = arena_zeroed(reader->arena, flags.count, sizeof *flags.names);
	for (size_t i = 0; i < flags.count; i++)
		flags.names[i] = get_name(reader, LIMIT_FLAG_LENGTH);
	return flags;
}

static void get_action(Reader *reader, Action *action)
{
	action->kind = (ActionKind)get_byte(reader, ACTION_DISCARD);
	action->copy = get_bool(reader);
	action->script = get_text(reader, LIMIT_SCRIPT_NAME, false);
	action->line = (uint32_t)get_number(reader, UINT32_MAX);
	if (action->kind == ACTION_FILEINTO) {
		action->folder = get_name(reader, LIMIT_FOLDER_LENGTH);
		action->create = get_bool(reader);
	}
	if (action->kind == ACTION_FILEINTO || action->kind == ACTION_KEEP)
		action->flags = get_flags(reader);
	if (action->kind == ACTION_REDIRECT)
		action->address = get_name(reader, LIMIT_ADDRESS_LENGTH);
}

static void get_warnings(Reader *reader, Plan *plan)
{
	plan->warning_count = get_number(reader, LIMIT_WARNINGS);
	if (plan->warning_count)
		plan->warnings = arena_zeroed(reader->arena, LIMIT_WARNINGS, sizeof *plan->warnings);
	for (size_t i = 0; i < plan->warning_count; i++)
		plan->warnings[i] = get_text(reader, LIMIT_WARNING_LENGTH, false);
}

static void get_actions(Reader *reader, Plan *plan)
{
	plan->count = plan->capacity = get_number(reader, LIMIT_ACTIONS);
	if (plan->count)
		plan->actions = arena_zeroed(reader->arena, plan->count, sizeof *plan->actions);
	for (size_t i = 0; i < plan->count; i++)
		get_action(reader, &plan->actions[i]);
}

bool plan_decode(Slice bytes, Plan *plan, Failure *why)
{
	Reader reader = { bytes, plan->arena, NULL };
	Plan read = { .arena = plan->arena };

	if (bytes.length > LIMIT_PLAN_BYTES)
		return failure_retry(why, "a plan of %zu bytes", bytes.length);
	if (get_byte(&reader, WIRE_VERSION) != WIRE_VERSION)
		nothing(&reader, "it is of another version");
	read.outcome = (PlanOutcome)get_byte(&reader, PLAN_RETRY);
	read.implicit_keep = get_bool(&reader);
	read.implicit_flags = get_flags(&reader);
	read.decided_line = (uint32_t)get_number(&reader, UINT32_MAX);
	read.error = get_text(&reader, LIMIT_ERROR_LENGTH, true);
	get_warnings(&reader, &read);
	get_actions(&reader, &read);
	if (reader.rest.length)
		nothing(&reader, "something follows its end");
	if (reader.wrong)
		return failure_retry(why, "a plan that is none: %s", reader.wrong);
	if (read.outcome == PLAN_DECIDED)
		read.error = NULL;
	*plan = read;
	return true;
}
