/* bind - what the words of a script mean, by the tables of the extensions
 * RFC 5228, section 2.6 (arguments), 2.7 (matching), 3.2 (require); RFC 5463 (ihave) */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "sieve/foreign.h"
#include "sieve/mend.h"
#include "sieve/script.h"

/* Kept out of what every command goes through. */
#define SELDOM __attribute__((noinline))

const char *sieve_type_name(SieveType type)
{
	static const char *const names[] = {
		[SIEVE_NOTHING] = "nothing",
		[SIEVE_NUMBER] = "a number",
		[SIEVE_STRING] = "a string",
		[SIEVE_STRING_LIST] = "a list of strings",
	};

	return names[type];
}

/* ---- what to do with what is not there ---- */

static SieveStatus fail_deferred(SieveRun *run, const SieveNode *node)
{
	return sieve_fail(run, node->span, "%s", (const char *)node->data);
}

static SieveStatus fail_deferred_test(SieveRun *run, const SieveNode *node, bool *result)
{
	(void)result;
	return fail_deferred(run, node);
}

const SieveVerb sieve_deferred_verb = {
	.name = "deferred",
	.act = fail_deferred,
	.test = fail_deferred_test,
};

void sieve_bind_deferred(SieveNode *node, const char *text)
{
	node->verb = &sieve_deferred_verb;
	node->data = (void *)text;
}

bool sieve_defer(SieveCheck *check, SieveSpan span, const char *format, ...)
{
	va_list arguments;
	char text[256];

	(void)span;
	if (!check->script->defers)
		return false;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (!check->deferred)
		check->deferred = arena_copy_string(check->unit->arena, text);
	return true;
}

/* "ihave" has to have found it before the present node may run. */
static void note_missing(SieveCheck *check, const SieveExtension *extension)
{
	const SieveExtension **longer = arena_zeroed(check->unit->arena, check->missing_count + 2,
						     sizeof(SieveExtension *));

	if (check->missing_count)
		memcpy(longer, check->missing, check->missing_count * sizeof(SieveExtension *));
	longer[check->missing_count++] = extension;
	check->missing = longer;
}

static void tell_missing(SieveCheck *check, const char *capability, SieveSpan span, const char *form,
			 Slice name)
{
	SieveChanges changes = { 0 };
	char suggestion[128];

	snprintf(suggestion, sizeof suggestion, "add 'require \"%s\";' at the top of the script", capability);
	sieve_mend_require(check, capability, &changes);
	sieve_report(check->unit->findings, check->script,
		     &(SieveReport){ .name = "missing-require",
				     .span = span,
				     .suggestion = suggestion,
				     .changes = changes.items,
				     .change_count = changes.count },
		     "'%s%.*s' needs require \"%s\"", form, (int)name.length, name.data, capability);
}

/* Was it required, with a slip?  One error tells of both. */
static bool is_mistyped(SieveCheck *check, const char *capability)
{
	for (SieveLacking *it = check->lacking; it; it = it->next) {
		size_t limit = suggest_limit(it->capability);

		if (suggest_distance(it->capability, slice_of(capability), limit) <= limit)
			return it->is_meant = true;
	}
	return false;
}

/* An extension that is there is used: is it required?  `form` and `name` say what was used. */
void sieve_use(SieveCheck *check, const SieveExtension *extension, SieveSpan span, const char *form,
	       Slice name)
{
	int place;

	if (extension->always || !extension->capability)
		return;
	place = sieve_extension_place(check->unit, slice_of(extension->capability));
	if (check->script->required[place])
		return;
	if (check->script->defers) {
		if (extension->no_ihave)
			sieve_defer(check, span, "'%s%.*s' needs require \"%s\"", form, (int)name.length,
				    name.data, extension->capability);
		else
			note_missing(check, extension);
		return;
	}
	if (!is_mistyped(check, extension->capability))
		tell_missing(check, extension->capability, span, form, name);
	/* Once is enough: the rest is checked as if it were there. */
	sieve_enable_required(check, (size_t)place);
}

/* ---- looking names up ---- */

/* A name in an extension that is there but was not required. */
typedef struct Search {
	SieveNameKind kind;
	Slice name;
	const SieveVerb *of; /* for tags */
	SieveName found;     /* its name is NULL when nothing was */
	SieveNearest nearest;
	bool is_quiet; /* nobody will be told of it: what is near is not asked for */
} Search;

static bool is_for(const SieveName *name, const SieveVerb *verb)
{
	switch (name->kind) {
	case SIEVE_NAME_TAG:
		return sieve_names_listed(((const SieveTag *)name->what)->of, verb->name);
	case SIEVE_NAME_MATCH_TYPE:
		return verb->takes & SIEVE_TAKES_MATCH;
	case SIEVE_NAME_ADDRESS_PART:
		return verb->takes & SIEVE_TAKES_ADDRESS_PART;
	case SIEVE_NAME_MODIFIER:
		return verb->takes & SIEVE_TAKES_MODIFIERS;
	default:
		return false;
	}
}

static bool is_tag(SieveNameKind kind)
{
	return kind >= SIEVE_NAME_TAG && kind <= SIEVE_NAME_MODIFIER;
}

static void compare_name(void *self, const SieveName *name)
{
	Search *search = self;

	if (search->of ? !is_tag(name->kind) || !is_for(name, search->of) : name->kind != search->kind)
		return;
	if (ascii_equal_fold(search->name, slice(name->name, name->length))) {
		/* An old name's words are not what somebody is told to require. */
		if (!search->found.name || !name->extension->instead)
			search->found = *name;
	} else if (!search->is_quiet)
		sieve_nearest_offer(&search->nearest, slice(name->name, name->length));
}

/* Looks through all extensions there are, required or not. */
static void search_all(const SieveCheck *check, Search *search)
{
	search->is_quiet = check->unit->findings->count >= SIEVE_LIMIT_FINDINGS;
	sieve_nearest_init(&search->nearest, search->name);
	for (size_t i = 0; i < check->unit->extension_count; i++)
		sieve_names_visit(check->unit->extensions[i], compare_name, search);
}

const char *sieve_did_you_mean(SieveCheck *check, const SieveNearest *nearest, const char *form)
{
	if (!nearest->best.length)
		return NULL;
	return arena_printf(check->unit->arena, "did you mean '%s%.*s'?", form, (int)nearest->best.length,
			    nearest->best.data);
}

/* A name that is not required may be there all the same; NULL: it is not, and `search` knows what is
 * near.  What is there may be used when it has been required, or "ihave" finds it. */
static const SieveName *find_elsewhere(SieveCheck *check, Search *search, const SieveName *name,
				       SieveSpan span, const char *form)
{
	if (!name) {
		search_all(check, search);
		if (!search->found.name)
			return NULL;
		name = &search->found;
	}
	sieve_use(check, name->extension, span, form, search->name);
	return name;
}

static void note_position(SieveCheck *check, const SieveVerb *verb, SieveSpan span)
{
	if (!(verb->takes & SIEVE_AT_THE_START))
		check->anything_yet = true;
	else if (check->anything_yet || check->blocks)
		sieve_check_error(check, span, "move it to the top of the script",
				  "'%s' must come before all other commands", verb->name);
}

/* "global" needs "variables" besides the extension that it is of. */
static SELDOM void use_also(SieveCheck *check, const SieveVerb *verb, const SieveToken *token)
{
	int place = sieve_extension_place(check->unit, slice_of(verb->also));

	if (place >= 0)
		sieve_use(check, check->unit->extensions[place], token->span, "", token->text);
}

/* Reports a word that nobody knows, and mends it where it is clear what was meant.  `word` is where it stands
 * without what goes with it, ':' or quotes. */
static void tell_unknown(SieveCheck *check, SieveSpan span, SieveSpan word, const SieveNearest *nearest,
			 const char *suggestion, const char *text)
{
	SieveChanges changes = { 0 };

	sieve_mend_word(nearest, word.offset, word.length, check->unit->arena, &changes);
	sieve_report(check->unit->findings, check->script,
		     &(SieveReport){ .name = "unknown",
				     .span = span,
				     .suggestion = suggestion,
				     .changes = changes.items,
				     .change_count = changes.count },
		     "%s", text);
}

static SieveSpan inside(SieveSpan span, uint32_t before, uint32_t behind)
{
	return (SieveSpan){ span.offset + before, span.length - before - behind, span.line };
}

/* It is nobody's. */
static void unknown_verb(SieveCheck *check, SieveNameKind kind, const SieveToken *token,
			 const SieveNearest *nearest)
{
	static const char *const what[] = { "command", "test" };
	SieveNameKind other_kind = kind == SIEVE_NAME_TEST ? SIEVE_NAME_COMMAND : SIEVE_NAME_TEST;
	Search other = { .kind = other_kind, .name = token->text };
	int length = (int)(token->text.length < 64 ? token->text.length : 64);
	const char *capability, *owner;

	search_all(check, &other);
	check->unknown |= !check->script->defers;
	if (other.found.name)
		sieve_check_error(check, token->span,
				  kind == SIEVE_NAME_COMMAND
					  ? arena_printf(check->unit->arena, "write 'if %.*s ... { ... }'",
							 length, token->text.data)
					  : "a command stands between '{' and '}'",
				  "'%.*s' is a %s, and a %s is wanted here", length, token->text.data,
				  what[other_kind], what[kind]);
	else if (sieve_defer(check, token->span, "unknown %s '%.*s'", what[kind], length, token->text.data))
		return;
	else if (sieve_foreign_verb(token->text, &capability, &owner))
		sieve_check_error(check, token->span, NULL, "the %s '%.*s' is of \"%s\", an extension of %s",
				  what[kind], length, token->text.data, capability, owner);
	else
		tell_unknown(check, token->span, token->span, nearest, sieve_did_you_mean(check, nearest, ""),
			     arena_printf(check->unit->arena, "unknown %s '%.*s'", what[kind], length,
					  token->text.data));
}

/* Is it in any extension, required or not? */
static SELDOM bool is_anywhere(const SieveCheck *check, Search search)
{
	search.is_quiet = true;
	for (size_t i = 0; i < check->unit->extension_count && !search.found.name; i++)
		sieve_names_visit(check->unit->extensions[i], compare_name, &search);
	return search.found.name != NULL;
}

bool sieve_names_verb(const SieveCheck *check, const SieveToken *token)
{
	return is_anywhere(check, (Search){ .kind = SIEVE_NAME_COMMAND, .name = token->text }) ||
	       is_anywhere(check, (Search){ .kind = SIEVE_NAME_TEST, .name = token->text });
}

bool sieve_names_tag(const SieveCheck *check, const SieveVerb *verb, const SieveToken *token)
{
	return is_anywhere(check, (Search){ .of = verb, .name = token->text });
}

static SELDOM const SieveVerb *verb_elsewhere(SieveCheck *check, SieveNameKind kind, const SieveToken *token,
					      const SieveName *name)
{
	Search search = { .kind = kind, .name = token->text };

	name = find_elsewhere(check, &search, name, token->span, "");
	if (!name)
		unknown_verb(check, kind, token, &search.nearest);
	return name ? name->what : NULL;
}

const SieveVerb *sieve_bind_verb(SieveCheck *check, SieveNameKind kind, const SieveToken *token)
{
	const SieveName *name = sieve_names_of_kind(&check->names, kind, token->text, token->hash);
	const SieveVerb *verb;

	if (name && !check->script->defers)
		verb = name->what;
	else
		verb = verb_elsewhere(check, kind, token, name);
	if (!verb) {
		check->anything_yet = true;
		return NULL;
	}
	if (kind == SIEVE_NAME_COMMAND)
		note_position(check, verb, token->span);
	if (verb->also && !sieve_check_has(check, verb->also))
		use_also(check, verb, token);
	check->unit->plans |= verb->plans;
	if (verb->plans & ~check->unit->setup.plans && check->unit->setup.plans)
		sieve_check_error(check, token->span, NULL,
				  "'%s' cannot be carried out where this script is to run", verb->name);
	return verb;
}

/* ---- tags ---- */

static const SieveName *find_tag(const SieveCheck *check, const SieveVerb *verb, const SieveToken *token)
{
	const SieveName *name = sieve_names_find(&check->names, token->text, token->hash, NULL);

	while (name && !is_for(name, verb))
		name = sieve_names_find(&check->names, token->text, token->hash, name);
	return name;
}

/* Collects `":over" or ":under"`. */
typedef struct GroupNames {
	const char *group;
	const SieveVerb *verb;
	Text text;
	unsigned count;
} GroupNames;

static void add_group_name(void *self, const SieveName *name)
{
	GroupNames *names = self;
	const SieveTag *tag = name->what;

	if (name->kind != SIEVE_NAME_TAG || !is_for(name, names->verb) ||
	    (names->group && (!tag->group || strcmp(tag->group, names->group) != 0)))
		return;
	text_printf(&names->text, "%s\":%s\"", names->count++ ? " or " : "", name->name);
}

/* The tags of a group, or of all of the verb's own when `group` is NULL, as a sentence has them. */
static const char *group_names(SieveCheck *check, const SieveVerb *verb, const char *group, unsigned *count)
{
	GroupNames names = { .group = group, .verb = verb };
	char *text;

	for (size_t i = 0; i < check->unit->extension_count; i++)
		sieve_names_visit(check->unit->extensions[i], add_group_name, &names);
	text = arena_copy_string(check->unit->arena, text_string(&names.text));
	text_clear(&names.text);
	*count = names.count;
	return text;
}

static void unknown_tag(SieveCheck *check, const SieveVerb *verb, const SieveToken *token,
			const SieveNearest *nearest)
{
	int length = (int)token->text.length;
	const char *text = token->text.data;
	const char *suggestion = sieve_did_you_mean(check, nearest, ":");
	unsigned count;

	if (sieve_defer(check, token->span, "'%s' has no ':%.*s'", verb->name, length, text))
		return;
	check->unknown = true;
	if (verb->one_of && !strchr(verb->one_of, ' ')) {
		const char *names = group_names(check, verb, verb->one_of, &count);

		tell_unknown(check, token->span, inside(token->span, 1, 0), nearest, suggestion,
			     arena_printf(check->unit->arena, "%s wants %s, found \":%.*s\"", verb->name,
					  names, length, text));
		return;
	}
	if (!suggestion) {
		const char *names = group_names(check, verb, NULL, &count);

		if (count && count <= 6)
			suggestion = arena_printf(check->unit->arena, "'%s' takes %s", verb->name, names);
	}
	tell_unknown(check, token->span, inside(token->span, 1, 0), nearest, suggestion,
		     arena_printf(check->unit->arena, "'%s' has no ':%.*s'", verb->name, length, text));
}

static SELDOM const SieveName *tag_elsewhere(SieveCheck *check, const SieveVerb *verb,
					     const SieveToken *token, const SieveName *name)
{
	Search search = { .of = verb, .name = token->text };
	SieveName *copy;

	name = find_elsewhere(check, &search, name, token->span, ":");
	if (!name) {
		unknown_tag(check, verb, token, &search.nearest);
		return NULL;
	}
	copy = arena_alloc(check->unit->arena, sizeof *copy);
	*copy = *name;
	return copy;
}

bool sieve_bind_tag(SieveCheck *check, SieveBinding *binding, const SieveToken *token, SieveTagFound *found)
{
	const SieveVerb *verb = binding->verb;

	found->span = token->span;
	found->value = SIEVE_NOTHING;
	found->name = find_tag(check, verb, token);
	if (found->name && check->script->defers)
		found->name = tag_elsewhere(check, verb, token, found->name);
	if (!found->name) {
		if ((verb->takes & SIEVE_TAKES_MATCH) && ascii_equal_fold(token->text, SLICE("comparator"))) {
			found->value = SIEVE_STRING;
			return true;
		}
		found->name = tag_elsewhere(check, verb, token, NULL);
		if (!found->name)
			return false;
	}
	if (found->name->kind == SIEVE_NAME_TAG)
		found->value = ((const SieveTag *)found->name->what)->value;
	else if (found->name->kind == SIEVE_NAME_MATCH_TYPE)
		found->value = ((const SieveMatchType *)found->name->what)->argument;
	return true;
}

static SieveMatching *matching_of(SieveCheck *check, SieveNode *node)
{
	if (!node->matching)
		node->matching = ARENA_NEW(check->unit->arena, SieveMatching);
	return node->matching;
}

/* A number that stands between quotes. */
static SELDOM const char *unquoted(SieveCheck *check, SieveType wanted, const SieveArgument *value)
{
	Slice text;
	size_t digits = 0;

	if (wanted != SIEVE_NUMBER || value->type != SIEVE_STRING)
		return NULL;
	text = value->strings.items->text;
	while (digits < text.length && ascii_is_digit(text.data[digits]))
		digits++;
	if (!digits || text.length > 20 || text.length > digits + 1 ||
	    (text.length > digits && !strchr("KMGkmg", text.data[digits])))
		return NULL;
	return arena_printf(check->unit->arena, "write %.*s, without quotes", (int)text.length, text.data);
}

/* Is `value` of the type that `name` wants?  Says so when it is not. */
static bool is_of_type(SieveCheck *check, const char *form, const char *name, SieveType type, bool constant,
		       const SieveArgument *value)
{
	if (value->type != type && !(type == SIEVE_STRING_LIST && value->type == SIEVE_STRING))
		return sieve_check_error(check, value->span, unquoted(check, type, value),
					 "%s%s wants %s, found %s", form, name, sieve_type_name(type),
					 sieve_type_name(value->type));
	if (constant && type != SIEVE_NUMBER)
		for (size_t i = 0; i < value->strings.count; i++)
			if (!sieve_is_constant(&value->strings.items[i]))
				return sieve_check_error(check, value->strings.items[i].span, NULL,
							 "%s%s wants a constant string, without variables",
							 form, name);
	return true;
}

static SELDOM void bind_comparator(SieveCheck *check, SieveMatching *matching, const SieveTagFound *found,
				   const SieveArgument *value)
{
	Search search = { .kind = SIEVE_NAME_COMPARATOR };
	const SieveName *name;

	if (matching->comparator)
		sieve_check_error(check, found->span, NULL, "':comparator' is given twice");
	matching->comparator_given = true;
	if (!is_of_type(check, ":", "comparator", SIEVE_STRING, true, value))
		return;
	search.name = value->strings.items->text;
	name = sieve_names_of_kind(&check->names, SIEVE_NAME_COMPARATOR, search.name,
				   sieve_name_hash(search.name));
	if (!name || check->script->defers)
		name = find_elsewhere(check, &search, name, value->span, "");
	if (name)
		matching->comparator = name->what;
	else if (!sieve_defer(check, value->span, "unknown comparator '%.*s'", (int)search.name.length,
			      search.name.data)) {
		check->unknown = true;
		tell_unknown(check, value->span, inside(value->span, 1, 1), &search.nearest,
			     sieve_did_you_mean(check, &search.nearest, ""),
			     arena_printf(check->unit->arena, "unknown comparator '%.*s'",
					  (int)utf8_cut(search.name, 64).length, search.name.data));
	}
}

static void bind_match_type(SieveCheck *check, SieveMatching *matching, const SieveTagFound *found,
			    const SieveArgument *value)
{
	const SieveMatchType *type = found->name->what;

	if (matching->type == type)
		sieve_check_error(check, found->span, NULL, "':%s' is given twice", type->name);
	else if (matching->type)
		sieve_check_error(check, found->span, NULL, "':%s' cannot go with ':%s'", type->name,
				  matching->type->name);
	if (type->argument != SIEVE_NOTHING &&
	    !is_of_type(check, ":", type->name, type->argument, true, value))
		return;
	matching->type = type;
	matching->argument = *value;
	matching->span = found->span;
}

static void bind_address_part(SieveCheck *check, SieveMatching *matching, const SieveTagFound *found)
{
	const SieveAddressPart *part = found->name->what;

	if (matching->part == part)
		sieve_check_error(check, found->span, NULL, "':%s' is given twice", part->name);
	else if (matching->part)
		sieve_check_error(check, found->span, NULL, "':%s' cannot go with ':%s'", part->name,
				  matching->part->name);
	matching->part = part;
	matching->part_given = true;
}

static void bind_own_tag(SieveCheck *check, SieveBinding *binding, const SieveTagFound *found,
			 const SieveArgument *value)
{
	SieveTagUse *it = ARENA_NEW(check->unit->arena, SieveTagUse), **last = &binding->node->tags;

	it->span = found->span;
	it->value = *value;
	if (found->name->kind == SIEVE_NAME_TAG)
		it->tag = found->name->what;
	else
		it->modifier = found->name->what;
	for (; *last; last = &(*last)->next) {
		const SieveTagUse *other = *last;

		/* The second is not kept: somebody may give it a hundred thousand times. */
		if (other->tag == it->tag && other->modifier == it->modifier) {
			sieve_check_error(check, it->span, NULL, "':%s' is given twice", found->name->name);
			return;
		}
		if (it->tag && it->tag->group && other->tag && other->tag->group &&
		    strcmp(it->tag->group, other->tag->group) == 0)
			sieve_check_error(check, it->span, NULL, "':%s' cannot go with ':%s'", it->tag->name,
					  other->tag->name);
	}
	*last = it;
	/* The tag's own `check` would take a number for strings. */
	if (it->tag && it->tag->value != SIEVE_NOTHING &&
	    !is_of_type(check, ":", it->tag->name, it->tag->value, it->tag->constant, value))
		binding->doubtful = true;
}

void sieve_bind_tag_value(SieveCheck *check, SieveBinding *binding, const SieveTagFound *found,
			  const SieveArgument *value)
{
	SieveNode *node = binding->node;

	if (!found->name)
		bind_comparator(check, matching_of(check, node), found, value);
	else if (found->name->kind == SIEVE_NAME_MATCH_TYPE)
		bind_match_type(check, matching_of(check, node), found, value);
	else if (found->name->kind == SIEVE_NAME_ADDRESS_PART)
		bind_address_part(check, matching_of(check, node), found);
	else
		bind_own_tag(check, binding, found, value);
}

/* ---- the whole node ---- */

/* What people are told that it wants. */
static SieveType told_type(const SieveCheck *check, const SieveParameter *parameter)
{
	return parameter->one_unless && !sieve_check_has(check, parameter->one_unless) ? SIEVE_STRING
										       : parameter->type;
}

size_t sieve_parameters_wanted(const SieveVerb *verb)
{
	size_t wanted = 0;

	for (const SieveParameter *it = sieve_parameters(verb); it->name; it++)
		wanted += !it->optional;
	return wanted;
}

static SELDOM const char *wanted_text(SieveCheck *check, const SieveVerb *verb,
				      const SieveParameter *parameter)
{
	return arena_printf(check->unit->arena, "'%s' wants %s (%s) here", verb->name, parameter->name,
			    sieve_type_name(told_type(check, parameter)));
}

const char *sieve_wanted_text(SieveCheck *check, const SieveVerb *verb, size_t given, SieveType *type)
{
	const SieveParameter *parameter = sieve_parameters(verb);

	for (; parameter->optional || given; parameter++)
		given -= !parameter->optional;
	*type = told_type(check, parameter);
	return wanted_text(check, verb, parameter);
}

static bool bind_arguments(SieveCheck *check, SieveBinding *binding)
{
	const SieveVerb *verb = binding->verb;
	size_t wanted = 0, missing, given = 0;
	bool good = true;

	while (sieve_parameters(verb)[wanted].name)
		wanted++;
	if (binding->count > wanted) {
		if (wanted)
			sieve_check_error(check, binding->arguments[wanted].span, NULL,
					  "'%s' takes no more than %zu argument%s", verb->name, wanted,
					  wanted == 1 ? "" : "s");
		else
			sieve_check_error(check, binding->arguments[0].span, NULL, "'%s' takes no arguments",
					  verb->name);
		return false;
	}
	missing = wanted - binding->count;
	if (wanted)
		binding->node->arguments = arena_zeroed(check->unit->arena, wanted, sizeof(SieveArgument));
	for (size_t i = 0; i < wanted; i++) {
		const SieveParameter *parameter = &sieve_parameters(verb)[i];

		if (parameter->optional && missing) {
			missing--;
			continue;
		}
		if (given == binding->count) {
			sieve_check_error(check, binding->end, NULL, "%s, found %s",
					  wanted_text(check, verb, parameter),
					  sieve_token_name(check, &check->token));
			return false;
		}
		/* A list where there is to be one is told by the verb itself, which knows the way out. */
		if (binding->arguments[given].type != SIEVE_STRING_LIST)
			good &= is_of_type(check, "", parameter->name, told_type(check, parameter),
					   parameter->constant, &binding->arguments[given]);
		else
			good &= is_of_type(check, "", parameter->name, parameter->type, parameter->constant,
					   &binding->arguments[given]);
		binding->node->arguments[i] = binding->arguments[given++];
	}
	return good;
}

static bool has_group(const SieveNode *node, const char *group, size_t length)
{
	for (const SieveTagUse *it = node->tags; it; it = it->next)
		if (it->tag && it->tag->group && strlen(it->tag->group) == length &&
		    memcmp(it->tag->group, group, length) == 0)
			return true;
	return false;
}

/* The tags that must be there: one of each group in `one_of`, and what other tags need. */
static bool bind_wanted_tags(SieveCheck *check, const SieveBinding *binding)
{
	const SieveNode *node = binding->node;
	const SieveVerb *verb = binding->verb;
	bool good = true;

	for (const char *group = verb->one_of; group && *group;) {
		size_t length = strcspn(group, " ");

		if (!has_group(node, group, length) && !binding->doubtful) {
			char *one = arena_copy_bytes(check->unit->arena, group, length);
			unsigned count;
			const char *names = group_names(check, verb, one, &count);

			good = sieve_check_error(check, node->span, NULL, "%s wants %s", verb->name, names);
		}
		group += length + strspn(group + length, " ");
	}
	for (const SieveTagUse *it = node->tags; it; it = it->next)
		if (it->tag && it->tag->needs && !sieve_tag(node, it->tag->needs))
			good = sieve_check_error(check, it->span, NULL, "':%s' needs ':%s' too",
						 it->tag->name, it->tag->needs);
	return good;
}

static const void *core_name(const SieveCheck *check, SieveNameKind kind, Slice text)
{
	const SieveName *name = sieve_names_of_kind(&check->names, kind, text, sieve_name_hash(text));

	return name ? name->what : NULL;
}

void sieve_bind_defaults(SieveCheck *check)
{
	check->defaults.type = core_name(check, SIEVE_NAME_MATCH_TYPE, SLICE("is"));
	check->defaults.comparator = core_name(check, SIEVE_NAME_COMPARATOR, SLICE("i;ascii-casemap"));
	check->octet = core_name(check, SIEVE_NAME_COMPARATOR, SLICE("i;octet"));
	check->defaults.part = core_name(check, SIEVE_NAME_ADDRESS_PART, SLICE("all"));
}

/* The defaults of RFC 5228, 2.7.1, 2.7.3 and 2.7.4. */
static bool bind_matching(SieveCheck *check, SieveNode *node)
{
	SieveMatching *how = matching_of(check, node);
	unsigned takes = node->verb->takes;

	if (!how->span.line)
		how->span = node->span;
	if ((takes & SIEVE_TAKES_ADDRESS_PART) && !how->part)
		how->part = check->defaults.part;
	if (!(takes & SIEVE_TAKES_MATCH))
		return true;
	if (!how->type)
		how->type = check->defaults.type;
	if (!how->comparator)
		how->comparator = takes & SIEVE_MATCHES_OCTETS ? check->octet : check->defaults.comparator;
	check->unit->needs_mime |= how->comparator->needs_mime;
	if (how->type->needs & ~how->comparator->can)
		return sieve_check_error(check, how->span, "leave the comparator out, or write ':is'",
					 "':%s' cannot use the comparator '%s'", how->type->name,
					 how->comparator->name);
	return true;
}

/* `trommel check` wants to know of every pattern that is no good, not only of those it meets. */
static void prepare_keys(SieveCheck *check, const SieveNode *node)
{
	const SieveMatching *how = node->matching;
	const SieveStrings *keys = NULL;

	if (!how || !how->type || !how->type->prepare)
		return;
	for (size_t i = 0; sieve_parameters(node->verb)[i].name; i++)
		if (sieve_parameters(node->verb)[i].type == SIEVE_STRING_LIST)
			keys = sieve_strings(node, i);
	for (size_t i = 0; keys && i < keys->count; i++) {
		Failure why = { 0 };

		if (sieve_is_constant(&keys->items[i]) &&
		    !how->type->prepare(how, keys->items[i].text, check->unit->arena,
					&keys->items[i].prepared, &why))
			sieve_check_error(check, keys->items[i].span, NULL, "%s", why.text);
	}
}

void sieve_bind_node(SieveCheck *check, SieveBinding *binding)
{
	SieveNode *node = binding->node;
	const SieveVerb *verb = binding->verb;
	size_t errors = check->unit->findings->errors;

	if (binding->doubtful || check->deferred || !bind_arguments(check, binding) ||
	    !bind_wanted_tags(check, binding))
		return;
	if ((verb->takes & (SIEVE_TAKES_MATCH | SIEVE_TAKES_ADDRESS_PART)) && !bind_matching(check, node))
		return;
	if (check->unit->findings->errors != errors)
		return;
	if (node->matching && node->matching->type && node->matching->type->check)
		node->matching->type->check(check, node, node->matching);
	for (SieveTagUse *it = node->tags; it; it = it->next)
		if (it->tag && it->tag->check)
			it->tag->check(check, node, it);
	if (verb->check)
		verb->check(check, node);
	if (check->unit->setup.strict_check && check->unit->findings->errors == errors)
		prepare_keys(check, node);
}

const SieveTagUse *sieve_tag(const SieveNode *node, const char *name)
{
	for (const SieveTagUse *it = node->tags; it; it = it->next)
		if (it->tag && strcmp(it->tag->name, name) == 0)
			return it;
	return NULL;
}
