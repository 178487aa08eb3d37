/* compile - a main script and all it includes
 * RFC 5228, section 3.2 (require); RFC 6609 (include) */
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "sieve/foreign.h"
#include "sieve/mend.h"
#include "sieve/script.h"

/* ---- what extensions may ask while a script is compiled ---- */

Arena *sieve_check_arena(SieveCheck *check)
{
	return check->unit->arena;
}

unsigned sieve_check_depth(const SieveCheck *check)
{
	return check->blocks;
}

bool sieve_check_is_dead(const SieveCheck *check)
{
	return check->dead;
}

const char *sieve_check_setting(const SieveCheck *check, const char *name)
{
	const SieveSetup *setup = &check->unit->setup;

	return setup->setting ? setup->setting(setup->self, name) : NULL;
}

const SieveSetup *sieve_check_setup(const SieveCheck *check)
{
	return &check->unit->setup;
}

bool sieve_check_has(const SieveCheck *check, const char *capability)
{
	int place = sieve_extension_place(check->unit, slice_of(capability));

	return place >= 0 && check->script->required[place];
}

void sieve_check_need_mime(SieveCheck *check)
{
	check->unit->needs_mime = true;
}

void sieve_check_need_zone(SieveCheck *check)
{
	check->unit->needs_zone = true;
}

void sieve_check_need_lists(SieveCheck *check)
{
	check->unit->plans |= SIEVE_PLANS_LISTS;
}

const char *sieve_check_suggest(SieveCheck *check, Slice wrong, const char *const *names)
{
	const char *nearest = suggest_nearest(wrong, names);

	return nearest ? arena_printf(check->unit->arena, "did you mean '%s'?", nearest) : NULL;
}

/* ---- require ---- */

int sieve_extension_place(const SieveUnit *unit, Slice capability)
{
	for (size_t i = 0; i < unit->extension_count; i++) {
		const char *name = unit->extensions[i]->capability;

		if (name && strlen(name) == capability.length &&
		    memcmp(name, capability.data, capability.length) == 0)
			return (int)i;
	}
	return -1;
}

void sieve_enable_required(SieveCheck *check, size_t place)
{
	const SieveExtension *extension = check->unit->extensions[place];

	if (check->script->required[place])
		return;
	check->script->required[place] = true;
	sieve_names_add(&check->names, extension);
	check->decodes |= extension->decode || extension->split;
	check->script->has_variables |= extension->split != NULL;
	check->script->defers |= extension->defers;
	for (const char *const *name = extension->implies; name && *name; name++) {
		int implied = sieve_extension_place(check->unit, slice_of(*name));

		if (implied >= 0)
			sieve_enable_required(check, (size_t)implied);
	}
}

static SieveNearest nearest_capability(const SieveUnit *unit, Slice wrong)
{
	SieveNearest nearest;

	sieve_nearest_init(&nearest, wrong);
	for (size_t i = 0; i < unit->extension_count; i++)
		if (unit->extensions[i]->capability)
			sieve_nearest_offer(&nearest, slice_of(unit->extensions[i]->capability));
	return nearest;
}

/* Real scripts require more than they use, and what they do not use does not keep the rest from being right:
 * such a capability is told of at the end, when it is known whether anything in the script was unknown. */
static void note_lacking(SieveCheck *check, Slice capability, SieveSpan span)
{
	SieveLacking *lacking, **last = &check->lacking;

	/* No more of them could be told. */
	if (check->lacking_count++ >= SIEVE_LIMIT_FINDINGS)
		return;
	lacking = ARENA_NEW(check->unit->arena, SieveLacking);
	lacking->capability = capability;
	lacking->span = span;
	lacking->place = check->unit->findings->count;
	while (*last)
		last = &(*last)->next;
	*last = lacking;
}

/* Puts the last finding where it would stand had it been told at once. */
static void move_last_finding(SieveFindings *findings, size_t place)
{
	SieveFinding last = findings->items[findings->count - 1];

	memmove(&findings->items[place + 1], &findings->items[place],
		(findings->count - 1 - place) * sizeof last);
	findings->items[place] = last;
}

static void tell_unknown_capability(SieveCheck *check, const SieveLacking *it, Slice name)
{
	SieveNearest nearest = nearest_capability(check->unit, it->capability);
	SieveChanges changes = { 0 };

	sieve_mend_word(&nearest, it->span.offset + 1, it->span.length - 2, check->unit->arena, &changes);
	sieve_report(check->unit->findings, check->script,
		     &(SieveReport){ .name = "unknown",
				     .span = it->span,
				     .suggestion = sieve_did_you_mean(check, &nearest, ""),
				     .changes = changes.items,
				     .change_count = changes.count },
		     "unknown extension '%.*s'", (int)name.length, name.data);
}

static void tell_one_lacking(SieveCheck *check, const SieveLacking *it, bool is_error)
{
	Slice name = utf8_cut(it->capability, 64);
	const char *whose = sieve_foreign_owner(it->capability);
	SieveNearest nearest;
	const char *suggestion;

	if (is_error && whose) {
		sieve_check_error(check, it->span, "it is not known here: take out what needs it",
				  "'%.*s' is an extension of %s", (int)name.length, name.data, whose);
	} else if (is_error) {
		tell_unknown_capability(check, it, name);
	} else if (whose) {
		sieve_check_warn(check, "unused-extension", it->span, "leave it out",
				 "'%.*s' is an extension of %s; the script does not use it", (int)name.length,
				 name.data, whose);
	} else {
		nearest = nearest_capability(check->unit, it->capability);
		suggestion = sieve_did_you_mean(check, &nearest, "");
		sieve_check_warn(
			check, "unused-extension", it->span, suggestion ? suggestion : "leave it out",
			"unknown extension '%.*s'; the script does not use it", (int)name.length, name.data);
	}
}

static void tell_lacking(SieveCheck *check)
{
	SieveFindings *findings = check->unit->findings;
	bool is_error = check->unknown || check->unit->setup.strict_require;
	size_t told = 0;

	for (const SieveLacking *it = check->lacking; it; it = it->next) {
		size_t before = findings->count;

		tell_one_lacking(check, it, is_error || it->is_meant);
		if (findings->count > before)
			move_last_finding(findings, it->place + told++);
	}
	if (is_error && check->lacking_count > SIEVE_LIMIT_FINDINGS)
		findings->errors += check->lacking_count - SIEVE_LIMIT_FINDINGS;
}

static void warn_of_old_name(SieveCheck *check, const SieveExtension *extension, SieveSpan span)
{
	SieveOldName *old;
	size_t place = check->unit->findings->count;

	if (!extension->instead)
		return;
	sieve_check_warn(check, "old-name", span,
			 arena_printf(check->unit->arena, "write \"%s\"", extension->instead),
			 "'%s' is an old name", extension->capability);
	old = ARENA_NEW(check->unit->arena, SieveOldName);
	*old = (SieveOldName){ extension, span, place, check->old_names };
	check->old_names = old;
}

bool sieve_require(SieveCheck *check, Slice capability, SieveSpan span)
{
	int place = sieve_extension_place(check->unit, capability);

	check->last_required = span;
	if (place < 0) {
		note_lacking(check, capability, span);
		return false;
	}
	warn_of_old_name(check, check->unit->extensions[place], span);
	sieve_enable_required(check, (size_t)place);
	return true;
}

/* ---- strings ---- */

void sieve_read_string(SieveCheck *check, const SieveToken *token, SieveString *string)
{
	const SieveUnit *unit = check->unit;

	*string = (SieveString){ .text = token->text, .span = token->span };
	if (!token->dollar || !check->decodes)
		return;
	for (size_t i = 0; i < unit->extension_count; i++)
		if (check->script->required[i] && unit->extensions[i]->decode)
			unit->extensions[i]->decode(check, token->span, &string->text);
	for (size_t i = 0; i < unit->extension_count; i++)
		if (check->script->required[i] && unit->extensions[i]->split)
			unit->extensions[i]->split(check, token->span, string);
}

/* ---- scripts ---- */

static void report_lexer(void *self, SieveSpan span, const char *text, bool is_stray)
{
	SieveCheck *check = self;
	SieveFindings *findings = check->unit->findings;
	size_t before = findings->count;

	check->script->spoilt_line = 0;
	sieve_syntax_error(check, span, NULL, "%s", text);
	check->script->spoilt_line = span.line;
	check->script->spoilt_rest = check->lexer.at == check->lexer.end;
	if (findings->count > before)
		findings->items[before].is_stray = is_stray;
}

static SieveScript *add_script(SieveUnit *unit)
{
	SieveScript *script = ARENA_NEW(unit->arena, SieveScript);

	if (unit->script_count == unit->script_capacity) {
		SieveScript **scripts;

		unit->script_capacity = unit->script_capacity ? unit->script_capacity * 2 : 4;
		scripts = arena_alloc(unit->arena, unit->script_capacity * sizeof(SieveScript *));
		if (unit->script_count)
			memcpy(scripts, unit->scripts, unit->script_count * sizeof(SieveScript *));
		unit->scripts = scripts;
	}
	script->unit = unit;
	script->index = (uint32_t)unit->script_count;
	unit->scripts[unit->script_count++] = script;
	return script;
}

static bool check_source(SieveCheck *check)
{
	Slice source = check->script->source;
	const char *nul = source.length ? memchr(source.data, '\0', source.length) : NULL;
	SieveSpan span = { 0, 1, 1 };

	if (source.length > SIEVE_LIMIT_SCRIPT_BYTES)
		return sieve_check_error(check, span, NULL,
					 "the script is longer than %d bytes (limit: script bytes)",
					 SIEVE_LIMIT_SCRIPT_BYTES);
	if (!nul)
		return true;
	span.offset = (uint32_t)(nul - source.data);
	for (const char *at = source.data; (at = memchr(at, '\n', (size_t)(nul - at))); at++)
		span.line++;
	return sieve_syntax_error(check, span, NULL, "a NUL byte: this is no script");
}

static void compile_script(SieveScript *script, unsigned depth)
{
	SieveUnit *unit = script->unit;
	SieveCheck check = { .unit = unit, .script = script, .depth = depth };

	script->compiling = true;
	script->required = arena_zeroed(unit->arena, unit->extension_count, sizeof(bool));
	sieve_names_init(&check.names, unit->arena);
	for (size_t i = 0; i < unit->extension_count; i++)
		if (!unit->extensions[i]->capability || unit->extensions[i]->always)
			sieve_enable_required(&check, i);
	sieve_bind_defaults(&check);
	check.lexer.arena = unit->arena;
	check.lexer.report = report_lexer;
	check.lexer.self = &check;
	if (check_source(&check)) {
		sieve_lexer_start(&check.lexer, script->source);
		sieve_parse(&check);
		if (check.old_names)
			sieve_mend_old_names(&check);
		tell_lacking(&check);
	}
	script->compiling = false;
}

SieveScript *sieve_compile(const char *name, Slice source, const SieveSetup *setup, Arena *arena,
			   SieveFindings *findings, Failure *why)
{
	SieveUnit *unit = ARENA_NEW(arena, SieveUnit);
	size_t errors = findings->errors;
	SieveScript *script;

	if (setup)
		unit->setup = *setup;
	unit->arena = arena;
	unit->findings = findings;
	unit->why = why;
	unit->extensions = unit->setup.extensions ? unit->setup.extensions : sieve_extensions;
	while (unit->extensions[unit->extension_count])
		unit->extension_count++;
	script = add_script(unit);
	script->name = arena_copy_string(arena, name);
	script->called = "";
	script->source = source;
	compile_script(script, 0);
	unit->findings = NULL;
	unit->why = NULL;
	return unit->later || findings->errors != errors ? NULL : script;
}

bool sieve_needs_mime(const SieveScript *script)
{
	return script->unit->needs_mime;
}

unsigned sieve_plans(const SieveScript *script)
{
	return script->unit->plans | 1u << ACTION_KEEP;
}

bool sieve_needs_zone(const SieveScript *script)
{
	return script->unit->needs_zone;
}

/* ---- includes ---- */

static SieveScript *known_script(const SieveUnit *unit, SievePlace place, Slice name)
{
	/* The main script has no name that an include could use. */
	for (size_t i = 1; i < unit->script_count; i++)
		if (unit->scripts[i]->place == place && slice_equal(slice_of(unit->scripts[i]->called), name))
			return unit->scripts[i];
	return NULL;
}

static void load_script(SieveCheck *check, SieveScript *script)
{
	SieveUnit *unit = check->unit;
	AUTO_VALUE(Text) source = { 0 };
	Failure why = { 0 };

	script->load = !unit->setup.load ? SIEVE_ABSENT
					 : unit->setup.load(unit->setup.self, script->place, script->called,
							    &source, &why);
	script->why = arena_copy_string(unit->arena, why.text);
	if (script->load == SIEVE_UNREADABLE) {
		/* Not known what its owner wants: the delivery is tried again later. */
		unit->later = true;
		if (unit->why)
			*unit->why = why;
	} else if (script->load == SIEVE_LOADED) {
		script->source = arena_copy_slice(unit->arena, text_slice(&source));
		compile_script(script, check->depth + 1);
	}
}

SieveScript *sieve_compile_include(SieveCheck *check, SievePlace place, Slice name, SieveSpan span)
{
	SieveUnit *unit = check->unit;
	unsigned depth = sieve_limit(unit->setup.include_depth_max, SIEVE_LIMIT_INCLUDE_DEPTH);
	unsigned includes = sieve_limit(unit->setup.include_max, SIEVE_LIMIT_INCLUDES);
	SieveScript *script = known_script(unit, place, name);

	if (script)
		return script;
	if (check->depth >= depth) {
		sieve_check_error(check, span, NULL,
				  "scripts include one another more than %u deep (limit: include depth)",
				  depth);
		return NULL;
	}
	if (unit->script_count > includes) {
		sieve_check_error(check, span, NULL, "more than %u scripts are included (limit: includes)",
				  includes);
		return NULL;
	}
	script = add_script(unit);
	script->place = place;
	script->called = arena_copy_bytes(unit->arena, name.data, name.length);
	script->name = place == SIEVE_GLOBAL ? arena_printf(unit->arena, "global/%s", script->called)
					     : script->called;
	load_script(check, script);
	return script;
}

/* ---- items of envelope and environment ---- */

static const SieveItem *find_item(SieveCheck *check, size_t offset, Slice name, const char **suggestion)
{
	const SieveUnit *unit = check->unit;
	SieveNearest nearest;

	sieve_nearest_init(&nearest, name);
	for (size_t i = 0; i < unit->extension_count; i++) {
		const SieveItem *item = *(const SieveItem *const *)((const char *)unit->extensions[i] +
								    offset);

		for (; check->script->required[i] && item && item->name; item++) {
			if (sieve_item_named(item, name))
				return item;
			sieve_nearest_offer(&nearest, slice_of(item->name));
		}
	}
	if (suggestion && nearest.best.length)
		*suggestion = arena_printf(unit->arena, "did you mean \"%.*s\"?", (int)nearest.best.length,
					   nearest.best.data);
	return NULL;
}

const SieveItem *sieve_check_envelope_part(SieveCheck *check, Slice name, const char **suggestion)
{
	return find_item(check, offsetof(SieveExtension, envelope), name, suggestion);
}

const SieveItem *sieve_check_environment_item(SieveCheck *check, Slice name, const char **suggestion)
{
	return find_item(check, offsetof(SieveExtension, environment), name, suggestion);
}
