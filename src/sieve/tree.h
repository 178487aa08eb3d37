/* tree - a script as the interpreter walks it
 * RFC 5228, section 8.2: commands with arguments, tests and blocks
 *
 * The parser builds nodes, the checker binds them to the tables of the extensions, and then
 * nothing in them changes but the caches.  All of it lives in the script's arena. */
#ifndef SIEVE_TREE_H
#define SIEVE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

typedef struct SieveExtension SieveExtension;
typedef struct SieveVerb SieveVerb;
typedef struct SieveTag SieveTag;
typedef struct SieveMatchType SieveMatchType;
typedef struct SieveComparator SieveComparator;
typedef struct SieveAddressPart SieveAddressPart;
typedef struct SieveModifier SieveModifier;
typedef struct SieveNamespace SieveNamespace;

/* Where something stands in its script's source. */
typedef struct SieveSpan {
	uint32_t offset, length; /* bytes */
	uint32_t line;           /* from 1 */
} SieveSpan;

/* A string with variables is the concatenation of pieces. */
typedef struct SievePiece {
	enum {
		SIEVE_PIECE_TEXT,
		SIEVE_PIECE_LOCAL,  /* variable `index` of this script */
		SIEVE_PIECE_GLOBAL, /* variable `index` of all scripts */
		SIEVE_PIECE_MATCH,  /* ${index} */
		SIEVE_PIECE_SPACE,  /* `text` of namespace `space` */
	} kind;
	uint32_t index;
	Slice text;
	const SieveNamespace *space;
} SievePiece;

typedef struct SieveString {
	Slice text;         /* the value when constant; else how it was written */
	SievePiece *pieces; /* NULL: a constant string */
	void *prepared;     /* cache: what the match type, or the test, made of a constant */
	SieveSpan span;
	uint32_t piece_count;
} SieveString;

typedef struct SieveStrings {
	SieveString *items;
	size_t count;
} SieveStrings;

typedef enum SieveType {
	SIEVE_NOTHING, /* a flag's value; an optional argument that was left out */
	SIEVE_NUMBER,
	SIEVE_STRING,
	SIEVE_STRING_LIST, /* one string will do */
} SieveType;

typedef struct SieveArgument {
	SieveType type;
	SieveSpan span;
	union {
		uint64_t number;
		SieveStrings strings; /* of a SIEVE_STRING exactly one */
	};
} SieveArgument;

/* A tag as it was given, with its value if it has one. */
typedef struct SieveTagUse {
	const SieveTag *tag;           /* NULL for a modifier of "set" */
	const SieveModifier *modifier; /* else NULL */
	SieveSpan span;
	SieveArgument value;
	struct SieveTagUse *next;
} SieveTagUse;

/* How a test matches: its match type, comparator and address part, defaults filled in. */
typedef struct SieveMatching {
	const SieveMatchType *type;
	const SieveComparator *comparator;
	const SieveAddressPart *part; /* NULL unless the test takes one */
	bool part_given;              /* rather than the default */
	bool comparator_given;
	SieveSpan span;         /* of the match type's tag, else of the test */
	SieveArgument argument; /* of the match type: "ge" of :count */
	intptr_t data;          /* what the match type's `check` made of it */
} SieveMatching;

/* A command or a test. */
typedef struct SieveNode {
	const SieveVerb *verb;
	SieveArgument *arguments; /* as many as the verb has parameters */
	SieveTagUse *tags;        /* in the order given; match types and so on are in `matching` */
	SieveMatching *matching;  /* NULL unless the verb takes match types or address parts */
	struct SieveNode *tests;  /* the first of its tests, linked by `next` */
	struct SieveNode *block;  /* the first command of its block, linked by `next` */
	struct SieveNode *next;
	struct SieveNode *otherwise;          /* the elsif or else behind an if */
	const SieveExtension *const *missing; /* ends with NULL: what an "ihave" has to have found
					       * before this may run; NULL nearly always */
	void *data;                           /* for the verb's own `check` to leave to its `run` */
	SieveSpan span;                       /* of the name */
} SieveNode;

/* The arguments that must be there, by their place in the table; NULL for an optional one that
 * was left out. */
static inline const SieveStrings *sieve_strings(const SieveNode *node, size_t place)
{
	return node->arguments[place].type == SIEVE_NOTHING ? NULL : &node->arguments[place].strings;
}

static inline SieveString *sieve_string(const SieveNode *node, size_t place)
{
	return node->arguments[place].type == SIEVE_NOTHING ? NULL : node->arguments[place].strings.items;
}

static inline uint64_t sieve_number(const SieveNode *node, size_t place)
{
	return node->arguments[place].number;
}

/* The tag `name` (lower case, without colon) if it was given, else NULL. */
const SieveTagUse *sieve_tag(const SieveNode *node, const char *name);

static inline bool sieve_is_constant(const SieveString *string)
{
	return !string->pieces;
}

#endif
