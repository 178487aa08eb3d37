/* plan_fields - what an action holds besides its kind: one table for all that is done with it
 *
 * To be written and read, checked and compared, an action is the members of this table that its kind has.
 * For plan/ alone. */
#ifndef PLAN_PLAN_FIELDS_H
#define PLAN_PLAN_FIELDS_H

#include "plan/plan.h"

typedef enum PlanFieldType {
	FIELD_BOOL,
	FIELD_NUMBER,   /* uint64_t */
	FIELD_UNSIGNED, /* unsigned */
	FIELD_STRING,   /* const char *, may be NULL */
	FIELD_FLAGS,    /* PlanFlags */
	FIELD_LIST,     /* PlanList */
} PlanFieldType;

typedef struct PlanField {
	const char *name; /* for people: "a folder name"; NULL ends the table */
	unsigned kinds;   /* 1 << ACTION_...: those that have it */
	PlanFieldType type;
	size_t offset;              /* in Action */
	uint64_t limit;             /* the largest number; bytes of a string, or of each of a list */
	unsigned wanted;            /* kinds that must have it */
	bool (*valid)(Slice value); /* may an enemy's string be used?  NULL: any */
} PlanField;

extern const PlanField plan_fields[];

/* Is it made of a message of `message_bytes` bytes, each used once at most and in order? */
bool plan_image_check(const MessagePieces *image, off_t message_bytes, Failure *why);

static inline bool plan_field_of(const PlanField *field, ActionKind kind)
{
	return field->kinds >> kind & 1;
}

static inline const void *plan_field(const PlanField *field, const Action *action)
{
	return (const char *)action + field->offset;
}

#endif
