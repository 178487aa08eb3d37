/* steps - the way that rules took to their plan, for whoever asks why
 *
 * Every command and test of the script, how often it was come by and how often it held; and the values that
 * tests looked at, with the key that fitted or what would have made one fit.  It crosses from the judge to
 * the courier as a plan does, is plain data, and is believed as little. */
#ifndef PLAN_STEPS_H
#define PLAN_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/failure.h"
#include "base/text.h"

typedef enum StepKind {
	STEP_COMMAND, /* does something */
	STEP_BRANCH,  /* if, elsif, else */
	STEP_TEST,
	STEP_KINDS
} StepKind;

/* A command or a test of a script. */
typedef struct StepNode {
	StepKind kind;
	uint32_t script;       /* its place in Steps.scripts */
	uint32_t line;         /* from 1 */
	uint32_t offset, size; /* of its name in the script's text */
	uint32_t end;          /* where what belongs to it ends: its block, or its arguments */
	uint32_t reached;      /* how often */
	uint32_t held;         /* how often a test was true, a branch was taken; of a command: done */
} StepNode;

/* What would have made a test hold that did not. */
typedef enum StepNear {
	STEP_NOT_NEAR,
	STEP_NEAR_CASE,     /* letters in the other case */
	STEP_NEAR_BLANKS,   /* blanks at the ends or within left out of account */
	STEP_NEAR_CONTAINS, /* ":contains" */
	STEP_NEAR_MATCHES,  /* ":matches": the key has wildcards */
	STEP_NEAR_RAW,      /* the field as it stands, not decoded */
	STEP_NEAR_ADDRESS,  /* the test "address" */
	STEP_NEAR_KINDS
} StepNear;

/* A value that a test looked at. */
typedef struct StepSight {
	uint32_t node; /* the test: its place in Steps.nodes */
	bool hit;      /* the key fitted */
	StepNear near;
	Slice field;                    /* the header field's name, or "" */
	Slice value;                    /* a piece of the value, */
	uint32_t value_from, value_all; /* where in it, and how many bytes all of it has */
	bool has_raw;
	Slice raw; /* the field as it stands, where that differs: its beginning */
	Slice key; /* the one that fitted, or was near; its beginning */
	uint32_t key_line;
	uint32_t match_from, match_size; /* what fitted, in the piece of the value */
} StepSight;

typedef struct StepScript {
	const char *name; /* "" of the main script */
	bool is_global;
} StepScript;

typedef struct Steps {
	StepScript *scripts;
	size_t script_count;
	StepNode *nodes; /* in the order of the text, script by script */
	size_t node_count;
	StepSight *sights; /* in the order of the tests */
	size_t sight_count;
	bool cut; /* there were more sights */
} Steps;

/* To bytes and back, in `arena`.  Reading checks every count, place and length. */
void steps_encode(const Steps *steps, Text *out);
bool steps_decode(Slice bytes, Steps *steps, Arena *arena, Failure *why);

/* "with other letters' case"; NULL for STEP_NOT_NEAR. */
const char *steps_near_text(StepNear near);

#endif
