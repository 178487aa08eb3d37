/* script - a compiled script, and what one that is being compiled or run holds: for sieve/ alone */
#ifndef SIEVE_SCRIPT_H
#define SIEVE_SCRIPT_H

#include "sieve/extension.h"
#include "sieve/lexer.h"
#include "sieve/names.h"
#include "sieve/symbols.h"

/* What a main script and its includes have in common. */
typedef struct SieveUnit {
	SieveSetup setup;
	Arena *arena;
	const SieveExtension *const *extensions;
	size_t extension_count;
	SieveSymbols globals;
	SieveScript **scripts; /* the main script first */
	size_t script_count, script_capacity;
	bool needs_mime, needs_zone;
	unsigned plans; /* of all verbs that there are in it */
	/* while compiling */
	SieveFindings *findings;
	Failure *why;
	bool later; /* an include could not be read just now */
} SieveUnit;

typedef struct SieveLocal {
	SieveSpan set_at,
		read_at; /* where it was first named to be set, and to be read; line 0: nowhere yet */
	bool is_global;  /* declared with "global": `global` is its index there */
	uint32_t global;
} SieveLocal;

struct SieveScript {
	SieveUnit *unit;
	const char *name;   /* as findings call it */
	const char *called; /* as a plan calls it: "" for the main script */
	SievePlace place;
	Slice source;
	SieveNode *first;
	bool *required; /* by the extension's place in the unit's list */
	bool has_variables, defers;
	SieveSymbols symbols;
	SieveLocal *locals; /* one for each symbol; grown with them */
	size_t local_capacity;
	bool compiling; /* still on the way: to include it now would be recursion */
	bool broken;    /* it has errors */
	/* What the lexer could not read: further errors of this line, or of all that is left, follow from it.
	 */
	uint32_t spoilt_line;
	bool spoilt_rest;
	SieveLoad load;  /* not SIEVE_LOADED: all there is to know of it */
	const char *why; /* then: why not */
	uint32_t index;  /* among the unit's scripts */
};

struct SieveCheck {
	SieveUnit *unit;
	SieveScript *script;
	SieveLexer lexer;
	SieveToken token; /* the one not yet used */
	SieveSpan behind; /* the place where the one before it ended */
	SieveNames names;
	SieveMatching defaults; /* of tests that do not say how to match */
	const SieveComparator *octet;
	unsigned depth;                     /* of includes */
	unsigned blocks, tests;             /* how deep in them */
	unsigned dead;                      /* so many of the blocks are of an "if false" */
	const struct SieveLoopScope *loops; /* those that we are in (parts.h) */
	bool anything_yet;                  /* a command other than require was seen */
	bool decodes;                       /* a required extension wants to see strings with "${" */
	SieveNode *nodes;                   /* cleared ones, not yet used: how many */
	size_t node_count;
	SieveString *strings; /* the same */
	size_t string_count;
	/* Under "ihave" what is unknown is an error only when it is reached: the text of the first
	 * such thing in the node that is read now. */
	const char *deferred;
	const SieveExtension **missing; /* and the extensions that it needs first */
	size_t missing_count;
	/* Required, and not there: an error when anything is unknown in the script, else a warning. */
	struct SieveLacking *lacking;
	size_t lacking_count;
	bool unknown;            /* something was */
	SieveSpan last_required; /* the last capability named by a require; its line is 0: none */
	struct SieveOldName *old_names;
};

/* One script while it runs. */
typedef struct SieveFrame {
	const SieveScript *script;
	struct SieveFrame *outer;
	unsigned depth;
	bool *found; /* by "ihave", as `required`; NULL: nothing yet */
	Text *locals;
	Text captured;
	struct SieveCapture {
		size_t offset, length;
	} captures[SIEVE_LIMIT_MATCH_VARIABLE + 1];
	size_t capture_count;
	struct SieveLoop *loop; /* the innermost one (parts.h), or NULL */
} SieveFrame;

typedef struct SieveSlot {
	const SieveExtension *extension;
	void *value;
	struct SieveSlot *next;
} SieveSlot;

/* The limit that is in force: the setup's, or the one there always is. */
static inline unsigned sieve_limit(unsigned wanted, unsigned most)
{
	return wanted && wanted < most ? wanted : most;
}

/* ---- compiling ---- */

/* Reads `script->source` into `script->first`. */
void sieve_parse(SieveCheck *check);

/* Makes the extension called `capability` (any in the list) known from here on; false and a finding
 * at `span` when there is none. */
bool sieve_require(SieveCheck *check, Slice capability, SieveSpan span);

/* A capability that is required and not there: at the end it is known whether the script uses it. */
typedef struct SieveLacking {
	Slice capability;
	SieveSpan span;
	size_t place;  /* among the findings, where it is told */
	bool is_meant; /* what the script uses is called nearly like it */
	struct SieveLacking *next;
} SieveLacking;

/* A capability that is required by an old name. */
typedef struct SieveOldName {
	const SieveExtension *extension;
	SieveSpan span;
	size_t place; /* among the findings */
	struct SieveOldName *next;
} SieveOldName;

/* Makes its names known in this script, and those of what it implies. */
void sieve_enable_required(SieveCheck *check, size_t place);

/* The place in the unit's list of the extension with this capability, or -1. */
int sieve_extension_place(const SieveUnit *unit, Slice capability);

/* What `name` is for belongs to an extension that is there: is it required?  Says so once where it is
 * not.  `form` goes before the name in the text: ":" of a tag. */
void sieve_use(SieveCheck *check, const SieveExtension *extension, SieveSpan span, const char *form,
	       Slice name);

/* Looks up what the core defines as defaults; once its names are known. */
void sieve_bind_defaults(SieveCheck *check);

/* The verb that `token` names, a command or a test; NULL when there is none, which has been
 * reported. */
const SieveVerb *sieve_bind_verb(SieveCheck *check, SieveNameKind kind, const SieveToken *token);

/* A node while its arguments are read. */
typedef struct SieveBinding {
	SieveNode *node; /* verb NULL: unknown, so that nothing can be said about its arguments */
	const SieveVerb *verb;
	SieveArgument arguments[SIEVE_LIMIT_POSITIONAL + 1];
	size_t count;  /* of arguments given; only those that fit are kept */
	bool doubtful; /* an unknown tag may have had a value: do not count arguments */
	SieveSpan end; /* where the arguments end: of the token behind them */
} SieveBinding;

/* What a tag is for this verb. */
typedef struct SieveTagFound {
	const SieveName *name; /* NULL: it is :comparator */
	SieveType value;
	SieveSpan span;
} SieveTagFound;

/* Finds it; false when there is no such tag here, which has been reported. */
bool sieve_bind_tag(SieveCheck *check, SieveBinding *binding, const SieveToken *token, SieveTagFound *found);

/* Adds it, with its value, to the node. */
void sieve_bind_tag_value(SieveCheck *check, SieveBinding *binding, const SieveTagFound *found,
			  const SieveArgument *value);

/* "did you mean ':copy'?", or NULL when nothing is near; `form` goes before the name. */
const char *sieve_did_you_mean(SieveCheck *check, const SieveNearest *nearest, const char *form);

/* How diagnostics call a type: "a list of strings". */
const char *sieve_type_name(SieveType type);

/* How they call a token: "number 5", "'foo'". */
const char *sieve_token_name(SieveCheck *check, const SieveToken *token);

/* Is it the name of a tag of `verb`, of any extension, required or not? */
bool sieve_names_tag(const SieveCheck *check, const SieveVerb *verb, const SieveToken *token);

/* The same of a command or test. */
bool sieve_names_verb(const SieveCheck *check, const SieveToken *token);

/* How many arguments must be given. */
size_t sieve_parameters_wanted(const SieveVerb *verb);

/* What an argument that comes behind `given` others is to be: "'fileinto' wants mailbox (a string) here".
 * `type` gets its type. */
const char *sieve_wanted_text(SieveCheck *check, const SieveVerb *verb, size_t given, SieveType *type);

/* ---- words without quotes (bare.c) ---- */

/* Is the present word an argument of `verb` (NULL: nobody knows it) behind `given` others that lacks its
 * quotes or colon, and not what comes behind the arguments? */
bool sieve_is_bare(SieveCheck *check, const SieveVerb *verb, size_t given);

/* Reads the present word as a string, to where it ends for people, and reports it: `wants` and "found".
 * `is_last`: other words on its line belong to it.  The lexer stands behind it then. */
void sieve_read_bare(SieveCheck *check, SieveType wanted, bool is_last, const char *wants,
		     SieveString *string);

/* Reports the present word, which is a tag but for its ':'.  `is_first`: it stands where tags do. */
void sieve_report_bare_tag(SieveCheck *check, bool is_first);

/* Under "ihave" what cannot be understood is an error once it is reached (RFC 5463, 4): takes the
 * text down and returns true.  Otherwise false. */
bool sieve_defer(SieveCheck *check, SieveSpan span, const char *format, ...)
	__attribute__((cold, format(printf, 3, 4)));

/* Makes a node one that fails with `text` when it is reached. */
void sieve_bind_deferred(SieveNode *node, const char *text);
extern const SieveVerb sieve_deferred_verb;

/* When all is read: puts the arguments in their places and calls the checks. */
void sieve_bind_node(SieveCheck *check, SieveBinding *binding);

/* Compiles the included script, or gives the one compiled already, or being compiled (recursion).
 * One that could not be loaded says so in its `load`.  NULL: a limit was met, which has been
 * reported. */
SieveScript *sieve_compile_include(SieveCheck *check, SievePlace place, Slice name, SieveSpan span);

/* As sieve_check_error, of what is against the grammar.  `expected` (may be NULL): what would be right. */
bool sieve_syntax_error(SieveCheck *check, SieveSpan span, const char *expected, const char *format, ...)
	__attribute__((cold, format(printf, 4, 5)));

/* All that there is to say of a finding but its text; what is 0 is not said. */
typedef struct SieveReport {
	SieveSeverity severity;
	bool is_syntax;
	SieveSpan span;
	const char *name, *suggestion, *expected;
	const SieveChange *changes; /* copied */
	size_t change_count;
} SieveReport;

/* Adds it to the findings about `script`; false. */
bool sieve_report(SieveFindings *findings, SieveScript *script, const SieveReport *report, const char *format,
		  ...) __attribute__((cold, format(printf, 4, 5)));

/* Prepares a string as the lexer gave it: decode, split. */
void sieve_read_string(SieveCheck *check, const SieveToken *token, SieveString *string);

/* ---- variables ---- */

/* Is it the inside of a "${...}": identifiers or numbers with dots between them (RFC 5229, 3)? */
bool sieve_variable_syntax(Slice name);

/* The number of a global variable; false when there are too many, which has been reported. */
bool sieve_bind_global(SieveCheck *check, Slice name, SieveSpan span, uint32_t *index);

/* Makes the script's variable `name` mean the global one from here on; reports why it cannot be. */
void sieve_declare_global(SieveCheck *check, Slice name, SieveSpan span);

/* How many bytes a value may have. */
unsigned sieve_variable_bytes(const SieveRun *run);

/* ---- positions ---- */

/* The line around `offset`, without its end. */
Slice sieve_line_at(Slice source, uint32_t offset);

/* The column of `offset`, in characters from 1. */
uint32_t sieve_column(Slice source, uint32_t offset);

/* ---- running ---- */

/* Runs `script` in a frame of its own: what "include" does. */
SieveStatus sieve_run_script(SieveRun *run, const SieveScript *script);

/* Runs `script`, a main script, in the middle of the run of another: into the same plan, over the message as
 * it is now, and what it makes of the message stays.  Gives SIEVE_FAILED or SIEVE_LATER after an error that
 * plan tells of; else SIEVE_OK. */
SieveStatus sieve_run_within(SieveRun *outer, const SieveScript *script);

/* What is left to say at the end of a run, and may be said more than once: the implicit keep's flags and
 * version, and whether it is one with a copy for the inbox. */
void sieve_run_conclude(SieveRun *run);

/* Forgets what extensions remember of the message (SieveExtension.of_message). */
void sieve_forget_message(SieveRun *run);

/* At the end of a run: frees what is not in its arena. */
void sieve_frame_clear(SieveFrame *frame);

/* Is the extension usable in the frame that runs now? */
bool sieve_enabled(const SieveRun *run, const SieveExtension *extension);

/* "ihave": makes it so. */
void sieve_enable(SieveRun *run, size_t place);

#endif
