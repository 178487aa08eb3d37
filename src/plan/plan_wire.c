/* plan_wire - a plan as bytes, on its way from the judge to the courier
 *
 * In order: version, outcome, implicit keep, its flags, version and folder, the deciding line, the error, the
 * warnings, the notes, the edited versions of the message, the actions.  There is one way to write a plan,
 * and nothing may follow it. */
#include <string.h>

#include "plan/limits.h"
#include "plan/plan.h"
#include "plan/plan_fields.h"
#include "plan/wire.h"

enum {
	WIRE_VERSION = 3,
	LIMIT_SCRIPT_NAME = 1024
};

/* --- writing --- */

/* A name is never cut: a shorter one is another one.  The reader refuses it instead. */
static void put_flags(Text *out, const PlanFlags *flags)
{
	wire_put_byte(out, flags->set);
	wire_put_number(out, flags->count);
	for (size_t i = 0; i < flags->count; i++)
		wire_put_string(out, flags->names[i]);
}

static void put_list(Text *out, const PlanList *list)
{
	wire_put_number(out, list->count);
	for (size_t i = 0; i < list->count; i++)
		wire_put_string(out, list->items[i]);
}

static void put_field(Text *out, const PlanField *field, const void *member)
{
	switch (field->type) {
	case FIELD_BOOL:
		wire_put_byte(out, *(const bool *)member);
		break;
	case FIELD_NUMBER:
		wire_put_number(out, *(const uint64_t *)member);
		break;
	case FIELD_UNSIGNED:
		wire_put_number(out, *(const unsigned *)member);
		break;
	case FIELD_STRING:
		wire_put_string(out, *(const char *const *)member);
		break;
	case FIELD_FLAGS:
		put_flags(out, member);
		break;
	case FIELD_LIST:
		put_list(out, member);
		break;
	}
}

static void put_action(Text *out, const Action *action)
{
	wire_put_byte(out, action->kind);
	wire_put_byte(out, action->copy);
	wire_put_text(out, action->script, LIMIT_SCRIPT_NAME);
	wire_put_number(out, action->line);
	for (const PlanField *field = plan_fields; field->name; field++)
		if (plan_field_of(field, action->kind))
			put_field(out, field, plan_field(field, action));
}

static void put_image(Text *out, const MessagePieces *image)
{
	wire_put_number(out, image->count);
	for (size_t i = 0; i < image->count; i++) {
		const MessagePiece *piece = &image->items[i];

		wire_put_byte(out, piece->bytes != NULL);
		if (piece->bytes) {
			wire_put_bytes(out, slice(piece->bytes, (size_t)piece->length));
		} else {
			wire_put_number(out, (uint64_t)piece->offset);
			wire_put_number(out, (uint64_t)piece->length);
		}
	}
}

static void put_lines(Text *out, const char *const *lines, size_t count)
{
	wire_put_number(out, count);
	for (size_t i = 0; i < count; i++)
		wire_put_text(out, lines[i], LIMIT_WARNING_LENGTH);
}

void plan_image_encode(const MessagePieces *image, Text *out)
{
	put_image(out, image);
}

void plan_encode(const Plan *plan, Text *out)
{
	wire_put_byte(out, WIRE_VERSION);
	wire_put_byte(out, plan->outcome);
	wire_put_byte(out, plan->implicit_keep);
	put_flags(out, &plan->implicit_flags);
	wire_put_number(out, plan->implicit_image);
	wire_put_string(out, plan->implicit_folder);
	wire_put_number(out, plan->decided_line);
	wire_put_text(out, plan->error, LIMIT_ERROR_LENGTH);
	put_lines(out, plan->warnings, plan->warning_count);
	put_lines(out, plan->notes, plan->note_count);
	wire_put_number(out, plan->image_count);
	for (size_t i = 0; i < plan->image_count; i++)
		put_image(out, &plan->images[i]);
	wire_put_number(out, plan->count);
	for (size_t i = 0; i < plan->count; i++)
		put_action(out, &plan->actions[i]);
}

/* --- reading --- */

static PlanFlags get_flags(WireReader *reader)
{
	PlanFlags flags = { .set = wire_get_bool(reader),
			    .count = (size_t)wire_get_number(reader, LIMIT_FLAGS) };

	if (flags.count)
		flags.names = arena_zeroed(reader->arena, flags.count, sizeof *flags.names);
	for (size_t i = 0; i < flags.count; i++) {
		flags.names[i] = wire_get_string(reader, LIMIT_FLAG_LENGTH);
		if (!flags.names[i])
			flags.names[i] = "";
	}
	return flags;
}

static PlanList get_list(WireReader *reader, size_t limit)
{
	PlanList list = { .count = (size_t)wire_get_number(reader, LIMIT_ARGUMENTS) };

	if (list.count)
		list.items = arena_zeroed(reader->arena, list.count, sizeof *list.items);
	for (size_t i = 0; i < list.count; i++) {
		list.items[i] = wire_get_string(reader, limit);
		if (!list.items[i])
			list.items[i] = "";
	}
	return list;
}

static void get_field(WireReader *reader, const PlanField *field, void *member)
{
	switch (field->type) {
	case FIELD_BOOL:
		*(bool *)member = wire_get_bool(reader);
		break;
	case FIELD_NUMBER:
		*(uint64_t *)member = wire_get_number(reader, field->limit);
		break;
	case FIELD_UNSIGNED:
		*(unsigned *)member = (unsigned)wire_get_number(reader, field->limit);
		break;
	case FIELD_STRING:
		*(const char **)member = wire_get_string(reader, (size_t)field->limit);
		break;
	case FIELD_FLAGS:
		*(PlanFlags *)member = get_flags(reader);
		break;
	case FIELD_LIST:
		*(PlanList *)member = get_list(reader, (size_t)field->limit);
		break;
	}
}

static void get_action(WireReader *reader, Action *action)
{
	action->kind = (ActionKind)wire_get_byte(reader, ACTION_KINDS - 1);
	action->copy = wire_get_bool(reader);
	action->script = wire_get_text(reader, LIMIT_SCRIPT_NAME, false);
	action->line = (uint32_t)wire_get_number(reader, UINT32_MAX);
	for (const PlanField *field = plan_fields; field->name; field++)
		if (plan_field_of(field, action->kind))
			get_field(reader, field, (char *)action + field->offset);
}

static void get_image(WireReader *reader, MessagePieces *image)
{
	image->count = (size_t)wire_get_number(reader, LIMIT_PIECES);
	image->items = arena_zeroed(reader->arena, image->count + 1, sizeof *image->items);
	for (size_t i = 0; i < image->count && !reader->wrong; i++) {
		MessagePiece *piece = &image->items[i];

		if (wire_get_bool(reader)) {
			Slice bytes = arena_copy_slice(reader->arena,
						       wire_get_bytes(reader, LIMIT_PLAN_BYTES));

			piece->bytes = bytes.data;
			piece->length = (off_t)bytes.length;
		} else {
			piece->offset = (off_t)wire_get_number(reader, INT64_MAX);
			piece->length = (off_t)wire_get_number(reader, INT64_MAX);
		}
	}
}

static void get_lines(WireReader *reader, const char ***lines, size_t *count)
{
	*count = (size_t)wire_get_number(reader, LIMIT_WARNINGS);
	if (*count)
		*lines = arena_zeroed(reader->arena, LIMIT_WARNINGS, sizeof **lines);
	for (size_t i = 0; i < *count; i++)
		(*lines)[i] = wire_get_text(reader, LIMIT_WARNING_LENGTH, false);
}

static void get_images(WireReader *reader, Plan *plan)
{
	plan->image_count = plan->image_capacity = (size_t)wire_get_number(reader, LIMIT_IMAGES);
	if (plan->image_count)
		plan->images = arena_zeroed(reader->arena, plan->image_count, sizeof *plan->images);
	for (size_t i = 0; i < plan->image_count && !reader->wrong; i++)
		get_image(reader, &plan->images[i]);
}

static void get_actions(WireReader *reader, Plan *plan)
{
	plan->count = plan->capacity = (size_t)wire_get_number(reader, LIMIT_ACTIONS);
	if (plan->count)
		plan->actions = arena_zeroed(reader->arena, plan->count, sizeof *plan->actions);
	for (size_t i = 0; i < plan->count; i++)
		get_action(reader, &plan->actions[i]);
}

bool plan_image_decode(Slice bytes, off_t message_bytes, Arena *arena, MessagePieces *image, Failure *why)
{
	WireReader reader = { bytes, arena, NULL };

	get_image(&reader, image);
	if (reader.rest.length)
		wire_wrong(&reader, "something follows its end");
	if (reader.wrong)
		return failure_retry(why, "a version that is none: %s", reader.wrong);
	return plan_image_check(image, message_bytes, why);
}

bool plan_decode(Slice bytes, Plan *plan, Failure *why)
{
	WireReader reader = { bytes, plan->arena, NULL };
	Plan read = { .arena = plan->arena };

	if (bytes.length > LIMIT_PLAN_BYTES)
		return failure_retry(why, "a plan of %zu bytes", bytes.length);
	if (wire_get_byte(&reader, WIRE_VERSION) != WIRE_VERSION)
		wire_wrong(&reader, "it is of another version");
	read.outcome = (PlanOutcome)wire_get_byte(&reader, PLAN_RETRY);
	read.implicit_keep = wire_get_bool(&reader);
	read.implicit_flags = get_flags(&reader);
	read.implicit_image = (uint32_t)wire_get_number(&reader, LIMIT_IMAGES);
	read.implicit_folder = wire_get_string(&reader, LIMIT_FOLDER_LENGTH);
	read.decided_line = (uint32_t)wire_get_number(&reader, UINT32_MAX);
	read.error = wire_get_text(&reader, LIMIT_ERROR_LENGTH, true);
	get_lines(&reader, &read.warnings, &read.warning_count);
	get_lines(&reader, &read.notes, &read.note_count);
	get_images(&reader, &read);
	get_actions(&reader, &read);
	if (reader.rest.length)
		wire_wrong(&reader, "something follows its end");
	if (reader.wrong)
		return failure_retry(why, "a plan that is none: %s", reader.wrong);
	if (read.outcome == PLAN_DECIDED)
		read.error = NULL;
	*plan = read;
	return true;
}
