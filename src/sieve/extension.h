/* extension - what an extension is: tables
 *
 * One file in extensions/ per extension, exporting one SieveExtension, which stands in the list
 * of extensions/list.c.  Parsing, the number and types of arguments, tags, what excludes what,
 * "require", "ihave" and the wording of diagnostics follow from the tables; nothing else knows
 * that the extension is there.  All tables end with an entry without a name.
 *
 * The life of a node: the parser reads it by the general grammar; the checker finds its verb
 * among the extensions that the script requires, binds its tags and arguments, and calls the
 * `check` functions of the match type, of each tag and of the verb, in this order, which may look
 * at constant strings and report errors (check.h); when a message comes, `act` or `test` runs
 * (run.h). */
#ifndef SIEVE_EXTENSION_H
#define SIEVE_EXTENSION_H

#include "base/failure.h"
#include "message/address.h"
#include "plan/plan.h"
#include "sieve/check.h"
#include "sieve/limits.h"
#include "sieve/match.h"
#include "sieve/run.h"
#include "sieve/tree.h"

typedef struct SieveParameter {
	const char *name; /* for diagnostics: "header-names" */
	SieveType type;
	bool optional; /* when fewer arguments are given, optional ones are left out from the left */
	bool constant; /* no variables in it: "set" names, "include" scripts */
	/* The capability without which a list is not allowed, whatever `type` says; or NULL. */
	const char *one_unless;
} SieveParameter;

/* { "mailbox", SIEVE_STRING }, ...: as many as SIEVE_LIMIT_POSITIONAL, and the entry without a name. */
/* clang-format off */
#define SIEVE_PARAMETERS(...) (const SieveParameter[]){ __VA_ARGS__, { 0 } }
/* clang-format on */

/* What a verb takes besides its own tags. */
enum {
	SIEVE_TAKES_MATCH = 1,        /* match types and :comparator; needs no entry in `tags` */
	SIEVE_TAKES_ADDRESS_PART = 2, /* :all, :localpart, ... */
	SIEVE_TAKES_MODIFIERS = 4,    /* :lower, :length, ... of "set" */
	SIEVE_TAKES_TEST = 8,         /* one test behind the arguments */
	SIEVE_TAKES_TESTS = 16,       /* a parenthesised list of tests */
	SIEVE_TAKES_BLOCK = 32,       /* a block in place of the semicolon */
	SIEVE_AT_THE_START = 64,      /* before all other commands: require */
	SIEVE_SETS_NO_CAPTURES = 128, /* matching leaves the match variables alone: RFC 5173, 6 */
	SIEVE_MATCHES_OCTETS = 256,   /* the comparator is i;octet unless another is given */
};

/* What RFC 9122 wants to be known of an action; for "help actions" and the manual. */
typedef struct SieveActionInfo {
	const char *about;        /* one line: "files the message into a folder" */
	const char *document;     /* "RFC 5228, 4.1" */
	const char *interactions; /* with other actions */
	bool cancels_keep;        /* the implicit keep */
	bool with_imap_events;    /* may be used by scripts that IMAP events start (RFC 6785) */
} SieveActionInfo;

/* What a verb plans that its host must be able to carry out, for SieveVerb.plans: 1 << its ActionKind, and */
enum {
	SIEVE_PLANS_LISTS = 1 << 28,    /* that the host looks into a list: no verb's, and refused by none */
	SIEVE_PLANS_PROGRAMS = 1 << 29, /* that the host runs a program, or says whether it would */
	SIEVE_PLANS_EDITS = 1 << 30     /* another version of the message */
};

/* A command or a test: which of both it is tells the table that it stands in. */
struct SieveVerb {
	const char *name;                 /* lower case, like all names here but capabilities */
	const SieveParameter *parameters; /* SIEVE_PARAMETERS(...), or NULL */
	unsigned takes;
	const char *follows; /* a command that continues one of these, blank separated: "if elsif" */
	const char *one_of;  /* groups of tags (blank separated) of which one tag must be given */
	const char *also;    /* a capability this needs besides its own: "global" needs "variables" */
	unsigned plans;      /* see above; with a host that cannot do it the script does not compile */
	const SieveActionInfo *action; /* of an action, else NULL */
	/* Looks at what is constant; reports with sieve_check_error.  May be NULL. */
	void (*check)(SieveCheck *check, SieveNode *node);
	/* Called before the block is read (`entering`) and behind it, for what must stand within.  May be
	 * NULL. */
	void (*block)(SieveCheck *check, SieveNode *node, bool entering);
	SieveStatus (*act)(SieveRun *run, const SieveNode *node);
	SieveStatus (*test)(SieveRun *run, const SieveNode *node, bool *result);
};

/* What a verb takes: ends with an entry without a name. */
static inline const SieveParameter *sieve_parameters(const SieveVerb *verb)
{
	static const SieveParameter none = { 0 };

	return verb->parameters ? verb->parameters : &none;
}

/* A tag of one or more verbs, which may be another extension's. */
struct SieveTag {
	const char *name;  /* without colon */
	const char *of;    /* verbs, blank separated: "fileinto redirect" */
	SieveType value;   /* SIEVE_NOTHING for a flag */
	bool constant;     /* no variables in the value */
	const char *group; /* tags of one group exclude one another: "zone" for :zone, :originalzone */
	const char *needs; /* another tag that must be given too: ":last" needs "index" */
	void (*check)(SieveCheck *check, SieveNode *node, SieveTagUse *use);
	/* On an action: fills in what the tag is for, when the action is added to the plan. */
	SieveStatus (*apply)(SieveRun *run, const SieveTagUse *use, Action *action);
	/* On a test that asks sieve_fields for header fields: finds those with these names elsewhere than in
	 * the message's header; before any `filter`. */
	SieveStatus (*find)(SieveRun *run, const SieveNode *node, const SieveTagUse *use, const Slice *names,
			    size_t count, SieveFields *fields);
	/* On such a test: narrows or replaces them. */
	SieveStatus (*filter)(SieveRun *run, const SieveNode *node, const SieveTagUse *use,
			      SieveFields *fields);
	/* On "header": offers what it makes of a field, in place of the field's value. */
	SieveStatus (*offer)(SieveRun *run, const SieveTagUse *use, const HeaderField *field,
			     SieveMatch *match);
};

/* What a comparator is able to do (RFC 4790, 4.2). */
enum {
	SIEVE_CAN_EQUAL = 1,
	SIEVE_CAN_SUBSTRING = 2,
	SIEVE_CAN_ORDER = 4,
};

struct SieveComparator {
	const char *name; /* "i;octet"; its capability is "comparator-i;octet" */
	unsigned can;
	/* Brings a string to the form in which equal strings are equal bytes, of the same length; NULL
	 * when it is that already.  For SIEVE_CAN_SUBSTRING. */
	void (*fold)(const char *from, size_t length, char *to);
	/* <0, 0, >0; of mapped texts when there is a `map` */
	int (*compare)(Slice a, Slice b);
	/* Where folding changes lengths, in place of `fold`: appends what `text` is to it.  `starts` (may be
	 * NULL) gets a byte for each one appended: 1 where a character of `text` begins, else 0. */
	void (*map)(const SieveRun *run, Slice text, Text *mapped, Text *starts);
	bool needs_mime; /* `map` needs the mime module */
};

struct SieveMatchType {
	const char *name;
	SieveType argument; /* SIEVE_STRING for :count and :value, else SIEVE_NOTHING */
	unsigned needs;     /* what the comparator must be able to do */
	bool counts;        /* compares how many values there are rather than each of them */
	bool is_substring;  /* true where a key occurs anywhere: may be answered on a stream */
	/* Looks at how->argument; may leave how->data. */
	void (*check)(SieveCheck *check, SieveNode *node, SieveMatching *how);
	/* Makes of a key what `match` wants, once for a constant key: lazily when it first meets a
	 * value, at once when the script is checked strictly.  May be NULL: *prepared stays NULL.
	 * False and `why` (only its text is used) when the key is no good. */
	bool (*prepare)(const SieveMatching *how, Slice key, Arena *arena, void **prepared, Failure *why);
	/* Does `value` match `key`?  On success it may hand on captures (sieve_captures). */
	SieveStatus (*match)(SieveRun *run, const SieveMatching *how, SieveValue *value, const SieveKey *key,
			     bool *result);
};

struct SieveAddressPart {
	const char *name;
	/* The part of `address`; false when it has none, which matches nothing. */
	bool (*part)(const SieveRun *run, const Address *address, Slice *value);
};

/* A modifier of "set".  Higher ranks go first, equal ranks exclude one another (RFC 5229, 4.1). */
struct SieveModifier {
	const char *name;
	unsigned rank;
	SieveStatus (*modify)(SieveRun *run, Slice in, Slice *out); /* into the run's arena */
};

/* Variables "${name.rest}" (RFC 5229, section 3).  Needs the extension and "variables". */
struct SieveNamespace {
	const char *name; /* may have dots itself: "vnd.dovecot.environment" */
	/* Is `rest` a good name?  May bind it to a variable: then *piece gets kind and index. */
	bool (*check)(SieveCheck *check, Slice rest, SieveSpan span, bool to_be_set, SievePiece *piece);
	SieveStatus (*get)(SieveRun *run, Slice rest, Slice *value); /* for SIEVE_PIECE_SPACE */
};

/* Something that can be asked for by name: a part of "envelope", an item of "environment". */
typedef struct SieveItem {
	const char *name; /* with a "*" at its end: every name that begins like it */
	bool is_address;  /* address parts make sense */
	bool is_list;     /* the value is several, commas between them */
	bool needs_zone;  /* without a tag ":zone" it is seen in the local time zone */
	/* NULL data in *value: there is none, which matches nothing. */
	SieveStatus (*get)(SieveRun *run, Slice name, Slice *value);
} SieveItem;

struct SieveExtension {
	const char *capability; /* as in "require"; NULL: RFC 5228 itself */
	const char *about;      /* one line for "help extensions": "test the SMTP envelope" */
	const char *document;   /* "RFC 5228, 5.4" */
	const char *instead;    /* an old name: the capability that is the modern one, which is told */
	bool always;            /* there without "require" too */
	bool no_ihave;          /* it changes how strings are read: not for ihave (RFC 5463, 4) */
	bool defers;            /* with it, what is unknown is an error only once it is reached */
	bool of_message;        /* its slot holds what is known of the message, whichever script runs */
	const SieveVerb *commands;
	const SieveVerb *tests;
	const SieveTag *tags;
	const SieveMatchType *match_types;
	const SieveComparator *comparators;
	const SieveAddressPart *address_parts;
	const SieveModifier *modifiers;
	const SieveNamespace *namespaces;
	const SieveItem *envelope;
	const SieveItem *environment;
	const char *const *implies; /* capabilities that come with it, ends with NULL */
	/* Of every string that has "${" in it, while the extension is required: `decode` replaces
	 * text (encoded-character), then `split` finds the variables (variables). */
	void (*decode)(SieveCheck *check, SieveSpan span, Slice *text);
	void (*split)(SieveCheck *check, SieveSpan span, SieveString *string);
	/* While the script that acts requires it: on each keep and fileinto, before its tags. */
	SieveStatus (*prepare_action)(SieveRun *run, Action *action);
	/* After a run without error, when the main script requires it (or an ihave found anything): the
	 * implicit keep's flags. */
	void (*finish)(SieveRun *run, Plan *plan);
};

/* All of them, core first, then by capability; ends with NULL. */
extern const SieveExtension *const sieve_extensions[];

#endif
