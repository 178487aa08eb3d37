/* script_generator - bytes choose a script that the grammar and the tables of all extensions allow
 *
 * Commands, tests, tags, match types, comparators and so on are those of the descriptors (sieve/extension.h),
 * so that a new extension is fuzzed as soon as it is in the list; only what strings are good for is known
 * here, by the names of the parameters that take them.  Most of what comes out compiles. */
#ifndef TESTS_SCRIPT_GENERATOR_H
#define TESTS_SCRIPT_GENERATOR_H

#include "fuzz.h"
#include "sieve/extension.h"
#include "sieve/names.h"

enum {
	SCRIPT_COMMANDS = 12, /* of one block */
	SCRIPT_DEPTH = 4,     /* of blocks and tests */
	SCRIPT_STRINGS = 4,   /* of a list */
	SCRIPT_NAMES = 256    /* of one kind, in all extensions */
};

typedef struct ScriptGenerator {
	FuzzChoices *choices;
	Text *out;
	unsigned depth;
	const SieveVerb *previous; /* command of the block */
	/* what the extensions have, one behind the other */
	const SieveVerb *commands[SCRIPT_NAMES], *tests[SCRIPT_NAMES];
	const SieveTag *tags[SCRIPT_NAMES];
	const char *match_types[SCRIPT_NAMES], *comparators[SCRIPT_NAMES], *address_parts[SCRIPT_NAMES],
		*modifiers[SCRIPT_NAMES], *items[SCRIPT_NAMES];
	size_t command_count, test_count, tag_count, match_type_count, comparator_count, address_part_count,
		modifier_count, item_count;
	bool counted[SCRIPT_NAMES]; /* match types that want a relation behind them */
} ScriptGenerator;

/* ---- what there is ---- */

#define SCRIPT_COLLECT(list, count, table, member)                 \
	for (size_t n_ = 0; (table) && (table)[n_].name; n_++) {   \
		LAW((count) < SCRIPT_NAMES, "raise SCRIPT_NAMES"); \
		(list)[(count)++] = member;                        \
	}

static inline void script_collect(ScriptGenerator *it, const SieveExtension *extension)
{
	SCRIPT_COLLECT(it->commands, it->command_count, extension->commands, &extension->commands[n_]);
	SCRIPT_COLLECT(it->tests, it->test_count, extension->tests, &extension->tests[n_]);
	SCRIPT_COLLECT(it->tags, it->tag_count, extension->tags, &extension->tags[n_]);
	SCRIPT_COLLECT(it->comparators, it->comparator_count, extension->comparators,
		       extension->comparators[n_].name);
	SCRIPT_COLLECT(it->address_parts, it->address_part_count, extension->address_parts,
		       extension->address_parts[n_].name);
	SCRIPT_COLLECT(it->modifiers, it->modifier_count, extension->modifiers,
		       extension->modifiers[n_].name);
	SCRIPT_COLLECT(it->items, it->item_count, extension->envelope, extension->envelope[n_].name);
	SCRIPT_COLLECT(it->items, it->item_count, extension->environment, extension->environment[n_].name);
	for (const SieveMatchType *type = extension->match_types; type && type->name; type++)
		it->counted[it->match_type_count + (size_t)(type - extension->match_types)] =
			type->argument == SIEVE_STRING;
	SCRIPT_COLLECT(it->match_types, it->match_type_count, extension->match_types,
		       extension->match_types[n_].name);
}

static inline const char *script_pick(ScriptGenerator *it, const char *const *names, size_t count)
{
	return names[fuzz_choose(it->choices, count)];
}

/* ---- arguments ---- */

/* What is good for a parameter or tag whose name has `hint` in it. */
static const struct {
	const char *hint, *strings[8];
} script_hints[] = {
	{ "header", { "Subject", "From", "To", "Received", "Date", "Content-Type", "X-Spam", "List-Id" } },
	{ "field", { "Subject", "X-Added", "Date", "From", "Received", "To", "List-Id", "X-${a}" } },
	{ "address",
	  { "ann@example.org", "bob@example.net", "Bob <bob@example.net>", "user@example.org", "${a}",
	    "ann@example.org", "\"a b\"@example.org", "postmaster@localhost" } },
	{ "from",
	  { "ann@example.org", "Bob <bob@example.net>", "${a}@example.org", "user@example.org", "u@e",
	    "image/png", "text/html", "*" } },
	{ "mailbox", { "INBOX", "Lists", "Lists/Work", "Junk", "${a}", "Trash/${1}", "INBOX/x", "../x" } },
	{ "fcc", { "INBOX", "Sent", "Lists", "Sent/${a}", "Junk", "x", "y", "Sent" } },
	{ "date-part", { "year", "month", "iso8601", "std11", "zone", "weekday", "julian", "hour" } },
	{ "zone", { "+0100", "-0500", "+0000", "+1400", "-1200", "+0530", "+0000", "+0200" } },
	{ "flag",
	  { "\\Seen", "\\Flagged", "work", "$label1", "\\Deleted \\Draft", "${a}", "a b", "\\Answered" } },
	{ "name", { "a", "b", "a", "c", "global.g", "b", "long_name", "0" } },
	{ "method",
	  { "mailto:ann@example.org", "mailto:bob@example.net?subject=x%20y&body=z", "xmpp:a@b",
	    "mailto:${a}", "tel:1", "mailto:ann@example.org?to=bob@example.net", "x:y", "mailto:" } },
	{ "notification-uri",
	  { "mailto:ann@example.org", "xmpp:a@b", "x", "mailto:", "tel:1", "mailto:%00", "mailto:a@b?x=y",
	    "${a}" } },
	{ "notification-capability", { "online", "Online", "x", "online", "busy", "online", "", "online" } },
	{ "content-type",
	  { "text", "text/plain", "text/html", "image", "message/rfc822", "multipart", "", "x/y" } },
	{ "content",
	  { "text", "text/plain", "text/html", "image", "message/rfc822", "multipart", "", "x/y" } },
	{ "media-type",
	  { "text/html", "text/plain", "image/png", "text/calendar", "*/*", "text/*", "image/tiff", "x" } },
	{ "importance", { "1", "2", "3", "1", "2", "3", "high", "2" } },
	{ "special-use",
	  { "\\Junk", "\\Sent", "\\Archive", "\\Trash", "\\Drafts", "\\All", "\\Flagged", "${a}" } },
	{ "specialuse",
	  { "\\Junk", "\\Sent", "\\Archive", "\\Trash", "\\Drafts", "\\All", "\\Flagged", "${a}" } },
	{ "annotation",
	  { "/private/comment", "/shared/comment", "/private/x", "/shared/vendor/x", "x", "${a}",
	    "/private/comment", "/shared/comment" } },
	{ "capabilit", { "fileinto", "variables", "vacation", "none", "mime", "envelope", "body", "copy" } },
	{ "list",
	  { "urn:ietf:params:sieve:addrbook:default", "friends", ":addrbook:default", "${a}", "tag:x,y:z",
	    "friends", "enemies", "friends" } },
	{ "script", { "one", "two", "three", "missing", "one", "loop", "broken", "two" } },
	{ "feedback", { "abuse", "fraud", "not-spam", "virus", "other", "abuse", "x", "${a}" } },
	{ "notify",
	  { "NEVER", "SUCCESS", "FAILURE,DELAY", "SUCCESS,FAILURE", "DELAY", "x", "${a}", "NEVER" } },
	{ "ret", { "FULL", "HDRS", "FULL", "HDRS", "x", "FULL", "HDRS", "${a}" } },
	{ "bymode", { "NOTIFY", "RETURN", "NOTIFY", "RETURN", "x", "NOTIFY", "RETURN", "${a}" } },
	{ "program", { "sort", "count", "sort", "../x", "none", "sort", "${a}", "count" } },
	{ "transcoding",
	  { "pix-x=320", "pix-y=200", "charset=utf-8", "x=y", "lines=5", "pix-x=1", "x", "=" } },
	{ "object",
	  { "message", "envelope.from", "envelope.to", "envelope.orig_to", "envelope.auth", "message",
	    "envelope.by", "envelope.ret" } },
};

static const char *const script_anything[] = {
	"",
	"a",
	"*",
	"?*",
	"*a*b*c*",
	"(a|b)*c",
	"^.*$",
	"[a-z]+([0-9]{1,3})?",
	"12",
	"example.org",
	"2026-01-16",
	"${a}",
	"${1}${0}",
	"${hex:41 e4}",
	"${unicode:1F600}",
	"Subject",
	"text:",
	"ge",
	"\xc3\xa4\xe2\x82\xac",
	"\xff\xfe",
	"${global.g}",
	"line\tline",
	"a\\\"b",
	"${vnd.dovecot.environment.x}",
	"${env.host}",
	"*${a}*",
	"1.000",
	"urn:x",
	"=?utf-8?q?=e4?=",
	"<1@example.org>",
};

/* Any bytes, on one line; mostly such as text is made of. */
static inline void script_bytes(ScriptGenerator *it)
{
	bool raw = fuzz_rarely(it->choices, 8);
	Slice chosen = fuzz_bytes(it->choices, 24);
	AUTO_VALUE(Text) string = { 0 };

	for (size_t i = 0; i < chosen.length; i++) {
		char c = raw ? chosen.data[i] : (char)(chosen.data[i] & 0x7f);

		text_append_char(&string, c == '\n' || c == '\r' || (!raw && c < ' ') ? ' ' : c);
	}
	text_append_quoted(it->out, text_slice(&string));
}

static inline void script_string(ScriptGenerator *it, const char *name)
{
	size_t wanted = fuzz_choose(it->choices, 16);

	for (size_t i = 0; wanted > 2 && i < sizeof script_hints / sizeof *script_hints; i++)
		if (strstr(name, script_hints[i].hint)) {
			text_append_quoted(it->out,
					   slice_of(script_hints[i].strings[fuzz_choose(it->choices, 8)]));
			return;
		}
	if (wanted == 0)
		script_bytes(it);
	else
		text_append_quoted(it->out,
				   slice_of(script_pick(it, script_anything,
							sizeof script_anything / sizeof *script_anything)));
}

static inline void script_argument(ScriptGenerator *it, const char *name, SieveType type, bool is_item)
{
	static const char *const numbers[] = { "0",  "1",  "2",     "7", "30",
					       "1K", "4G", "86400", "3", "18446744073709551615" };
	size_t count = type == SIEVE_STRING_LIST ? 1 + fuzz_choose(it->choices, SCRIPT_STRINGS) : 1;

	if (type == SIEVE_NUMBER) {
		text_append_string(it->out, script_pick(it, numbers, sizeof numbers / sizeof *numbers));
		return;
	}
	if (type == SIEVE_STRING_LIST)
		text_append_char(it->out, '[');
	for (size_t i = 0; i < count; i++) {
		if (i)
			text_append_string(it->out, ", ");
		if (is_item && fuzz_choose(it->choices, 8))
			text_append_quoted(it->out, slice_of(script_pick(it, it->items, it->item_count)));
		else
			script_string(it, name);
	}
	if (type == SIEVE_STRING_LIST)
		text_append_char(it->out, ']');
}

/* ---- tags ---- */

static inline void script_match(ScriptGenerator *it)
{
	static const char *const relations[] = { "\"ge\"", "\"eq\"", "\"lt\"", "\"ne\"", "\"gt\"", "\"le\"" };
	size_t type = fuzz_choose(it->choices, it->match_type_count);

	if (fuzz_choose(it->choices, 2)) {
		text_printf(it->out, " :%s", it->match_types[type]);
		if (it->counted[type])
			text_printf(it->out, " %s", script_pick(it, relations, 6));
	}
	if (fuzz_rarely(it->choices, 3))
		text_printf(it->out, " :comparator \"%s\"",
			    script_pick(it, it->comparators, it->comparator_count));
}

static inline void script_tags(ScriptGenerator *it, const SieveVerb *verb)
{
	size_t asked = fuzz_choose(it->choices, 8);

	if (verb->takes & SIEVE_TAKES_MATCH)
		script_match(it);
	if (verb->takes & SIEVE_TAKES_ADDRESS_PART && fuzz_choose(it->choices, 2))
		text_printf(it->out, " :%s", script_pick(it, it->address_parts, it->address_part_count));
	if (verb->takes & SIEVE_TAKES_MODIFIERS && fuzz_choose(it->choices, 2))
		text_printf(it->out, " :%s", script_pick(it, it->modifiers, it->modifier_count));
	for (size_t i = 0; i < it->tag_count; i++) {
		const SieveTag *tag = it->tags[i];
		bool is_asked = verb->one_of && tag->group && sieve_names_listed(verb->one_of, tag->group);

		if (!sieve_names_listed(tag->of, verb->name))
			continue;
		/* Of eight verbs four have no tags, and most of the others one or two. */
		if (is_asked ? fuzz_choose(it->choices, 2) : asked < 4 || fuzz_choose(it->choices, 4))
			continue;
		text_printf(it->out, " :%s", tag->name);
		if (tag->value != SIEVE_NOTHING) {
			text_append_char(it->out, ' ');
			script_argument(it, tag->name, tag->value, false);
		}
	}
}

/* ---- tests and commands ---- */

static inline void script_test(ScriptGenerator *it);
static inline void script_block(ScriptGenerator *it);

static inline void script_arguments(ScriptGenerator *it, const SieveVerb *verb)
{
	bool has_items = strcmp(verb->name, "envelope") == 0 || strcmp(verb->name, "environment") == 0;

	for (const SieveParameter *parameter = sieve_parameters(verb); parameter->name; parameter++) {
		if (parameter->optional && fuzz_choose(it->choices, 2))
			continue;
		text_append_char(it->out, ' ');
		script_argument(it, parameter->name, parameter->type,
				has_items && parameter == sieve_parameters(verb));
	}
}

static inline void script_tests(ScriptGenerator *it, const SieveVerb *verb)
{
	size_t count = 1 + fuzz_choose(it->choices, 3);

	if (verb->takes & SIEVE_TAKES_TEST) {
		text_append_char(it->out, ' ');
		script_test(it);
	}
	if (!(verb->takes & SIEVE_TAKES_TESTS))
		return;
	text_append_string(it->out, " (");
	for (size_t i = 0; i < count; i++) {
		text_append_string(it->out, i ? ", " : "");
		script_test(it);
	}
	text_append_char(it->out, ')');
}

static inline void script_test(ScriptGenerator *it)
{
	const SieveVerb *verb = it->tests[fuzz_choose(it->choices, it->test_count)];
	unsigned nests = verb->takes & (SIEVE_TAKES_TEST | SIEVE_TAKES_TESTS);

	if ((nests && it->depth >= SCRIPT_DEPTH) || !it->choices->rest.length) {
		text_append_string(it->out, "true");
		return;
	}
	it->depth++;
	text_append_string(it->out, verb->name);
	script_tags(it, verb);
	script_arguments(it, verb);
	script_tests(it, verb);
	it->depth--;
}

static inline void script_command(ScriptGenerator *it)
{
	const SieveVerb *verb = it->commands[fuzz_choose(it->choices, it->command_count)];

	if (verb->takes & SIEVE_AT_THE_START ||
	    (verb->takes & SIEVE_TAKES_BLOCK && it->depth >= SCRIPT_DEPTH))
		return;
	text_append_string(it->out, verb->name);
	script_tags(it, verb);
	script_arguments(it, verb);
	script_tests(it, verb);
	if (verb->takes & SIEVE_TAKES_BLOCK)
		script_block(it);
	else
		text_append_string(it->out, ";\n");
	it->previous = verb;
}

static inline void script_block(ScriptGenerator *it)
{
	size_t count = fuzz_choose(it->choices, SCRIPT_COMMANDS);

	it->depth++;
	it->previous = NULL;
	text_append_string(it->out, " {\n");
	for (size_t i = 0; i < count && it->choices->rest.length; i++)
		script_command(it);
	text_append_string(it->out, "}\n");
	it->depth--;
}

static inline void script_require(ScriptGenerator *it, const SieveExtension *const *extensions)
{
	const char *before = "require [";

	for (; *extensions; extensions++) {
		if (!(*extensions)->capability || fuzz_rarely(it->choices, 16))
			continue;
		text_printf(it->out, "%s\"%s\"", before, (*extensions)->capability);
		before = ", ";
	}
	text_append_string(it->out, *before == ',' ? "];\n" : "");
}

/* Appends a script of what `extensions` (ends with NULL) have. */
static inline void script_generate(FuzzChoices *choices, const SieveExtension *const *extensions, Text *out)
{
	ScriptGenerator it = { .choices = choices, .out = out };
	size_t count = 1 + fuzz_choose(choices, SCRIPT_COMMANDS);

	for (size_t i = 0; extensions[i]; i++)
		script_collect(&it, extensions[i]);
	script_require(&it, extensions);
	for (size_t i = 0; i < count && choices->rest.length; i++)
		script_command(&it);
}

/* Takes out of a script made here what the findings are about, so that the rest can be run: a command, or
 * what a block stands behind.  Each has a line of its own. */
static inline void script_mend(Text *script, const SieveFindings *findings)
{
	AUTO_VALUE(Text) mended = { 0 };
	Slice rest = text_slice(script);

	for (uint32_t number = 1; rest.length; number++) {
		const char *end = memchr(rest.data, '\n', rest.length);
		Slice line = slice(rest.data, end ? (size_t)(end - rest.data) + 1 : rest.length);
		bool is_wrong = false;

		rest = slice_from(rest, line.length);
		for (size_t i = 0; i < findings->count; i++)
			is_wrong = is_wrong || (findings->items[i].severity == SIEVE_ERROR &&
						findings->items[i].line == number);
		if (!is_wrong)
			text_append_slice(&mended, line);
		else if (line.length > 2 && line.data[line.length - 2] == '{')
			text_append_string(&mended, "if true {\n");
	}
	text_clear(script);
	*script = mended;
	mended = (Text){ 0 };
}

#endif
