/* include - other scripts, "return" from them, and the variables that they share
 * RFC 6609
 *
 * Included scripts are read and compiled together with the main one.  What 3.1 wants to be an error
 * when it is reached (a script that is not there, recursion) is one then and not before. */
#include "sieve/extensions/list.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "sieve/script.h"

enum {
	NAME_BYTES = 255, /* of a file; RFC 5804, 1.6 wants 128 characters at least */
	SHOWN = 100
};

/* RFC 5804, 1.6: no controls, no line ends, none of the Unicode kind either; and no path. */
static bool is_script_name(Slice name)
{
	if (!name.length || name.length > NAME_BYTES || name.data[0] == '.')
		return false;
	for (size_t i = 0; i < name.length;) {
		uint32_t character = 0;
		size_t length = utf8_decode(name.data + i, name.length - i, &character);

		if (!length || character < 0x20 || character == '/' ||
		    (character >= 0x7f && character <= 0x9f) || character == 0x2028 || character == 0x2029)
			return false;
		i += length;
	}
	return true;
}

static void check_include(SieveCheck *check, SieveNode *node)
{
	const SieveString *name = sieve_string(node, 0);
	SievePlace place = sieve_tag(node, "global") ? SIEVE_GLOBAL : SIEVE_PERSONAL;

	if (!is_script_name(name->text)) {
		sieve_check_error(check, name->span, NULL, "'%.*s' cannot be the name of a script",
				  (int)utf8_cut(name->text, SHOWN).length, name->text.data);
		return;
	}
	node->data = sieve_compile_include(check, place, name->text, name->span);
}

/* Is the script one of those that brought us here? */
static bool is_running(const SieveRun *run, const SieveScript *script)
{
	for (const SieveFrame *frame = run->frame; frame; frame = frame->outer)
		if (frame->script == script)
			return true;
	return false;
}

/* Which scripts have run, by their index. */
static bool *been_run(SieveRun *run)
{
	void **slot = sieve_slot(run, &sieve_ext_include);

	if (!*slot)
		*slot = arena_zeroed(run->arena, run->main->unit->script_count, sizeof(bool));
	return *slot;
}

static SieveStatus fail_to_load(SieveRun *run, const SieveNode *node, const SieveScript *script)
{
	SieveSpan span = sieve_string(node, 0)->span;

	if (script->load == SIEVE_ABSENT)
		return sieve_fail(run, span, "there is no script '%s'", script->name);
	return sieve_fail(run, span, "the script '%s' is refused%s%s", script->name, *script->why ? ": " : "",
			  script->why);
}

static SieveStatus include(SieveRun *run, const SieveNode *node)
{
	const SieveSetup *setup = &run->main->unit->setup;
	unsigned depth = sieve_limit(setup->include_depth_max, SIEVE_LIMIT_INCLUDE_DEPTH);
	unsigned includes = sieve_limit(setup->include_max, SIEVE_LIMIT_INCLUDES);
	const SieveScript *script = node->data;
	bool *done = been_run(run);

	if (script->load == SIEVE_ABSENT && sieve_tag(node, "optional"))
		return SIEVE_OK;
	if (script->load != SIEVE_LOADED)
		return fail_to_load(run, node, script);
	if (sieve_tag(node, "once") && done[script->index])
		return SIEVE_OK;
	if (is_running(run, script))
		return sieve_fail(run, node->span, "the script '%s' includes itself", script->name);
	if (run->frame->depth >= depth)
		return sieve_fail(run, node->span,
				  "scripts include one another more than %u deep (limit: include depth)",
				  depth);
	if (run->includes++ >= includes)
		return sieve_fail(run, node->span, "more than %u scripts were included (limit: includes)",
				  includes);
	done[script->index] = true;
	return sieve_run_script(run, script);
}

static SieveStatus run_return(SieveRun *run, const SieveNode *node)
{
	(void)node;
	/* In the main script it is a stop (3.3). */
	return run->frame->outer ? SIEVE_RETURN : SIEVE_STOP;
}

static void check_global(SieveCheck *check, SieveNode *node)
{
	const SieveStrings *names = sieve_strings(node, 0);

	for (size_t i = 0; i < names->count; i++)
		sieve_declare_global(check, names->items[i].text, names->items[i].span);
}

/* It has done its work when the script was compiled. */
static SieveStatus run_global(SieveRun *run, const SieveNode *node)
{
	(void)run;
	(void)node;
	return SIEVE_OK;
}

/* "${global.name}" is the same as a name declared with "global" (3.4.2). */
static bool bind_global(SieveCheck *check, Slice rest, SieveSpan span, bool to_be_set, SievePiece *piece)
{
	(void)to_be_set;
	if (!rest.length || ascii_is_digit(rest.data[0]) || memchr(rest.data, '.', rest.length))
		return sieve_check_error(check, span, NULL, "'global.%.*s' is no name for a variable",
					 (int)utf8_cut(rest, SHOWN).length, rest.data);
	piece->kind = SIEVE_PIECE_GLOBAL;
	return sieve_bind_global(check, rest, span, &piece->index);
}

static const SieveVerb commands[] = {
	{ .name = "global",
	  .parameters = SIEVE_PARAMETERS({ "names", SIEVE_STRING_LIST, .constant = true }),
	  .also = "variables",
	  .check = check_global,
	  .act = run_global },
	{ .name = "include",
	  .parameters = SIEVE_PARAMETERS({ "script", SIEVE_STRING, .constant = true }),
	  .check = check_include,
	  .act = include },
	{ .name = "return", .act = run_return },
	{ 0 },
};

static const SieveTag tags[] = {
	{ .name = "global", .of = "include", .group = "location" },
	{ .name = "once", .of = "include" },
	{ .name = "optional", .of = "include" },
	{ .name = "personal", .of = "include", .group = "location" },
	{ 0 },
};

static const SieveNamespace namespaces[] = {
	{ .name = "global", .check = bind_global },
	{ 0 },
};

const SieveExtension sieve_ext_include = {
	.capability = "include",
	.about = "run other scripts",
	.document = "RFC 6609",
	.commands = commands,
	.tags = tags,
	.namespaces = namespaces,
};
