#include "sieve/mend.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"

static void add(SieveChanges *changes, uint32_t offset, uint32_t length, const char *text)
{
	if (changes->count < SIEVE_CHANGES_MAX)
		changes->items[changes->count++] = (SieveChange){ offset, length, text };
}

/* ---- require ---- */

/* What stands behind `at`, blanks and line ends apart; '\0' at the end. */
static char next_character(Slice source, size_t at)
{
	while (at < source.length && strchr(" \t\r\n", source.data[at]))
		at++;
	return at < source.length ? source.data[at] : '\0';
}

static const char *line_end(Slice source)
{
	const char *newline = source.length ? memchr(source.data, '\n', source.length) : NULL;

	return newline && newline > source.data && newline[-1] == '\r' ? "\r\n" : "\n";
}

/* The first byte that may be moved down: behind the mark of UTF-8 and a line for the kernel. */
static size_t top(Slice source)
{
	size_t at = sieve_mark_length(source);
	const char *newline;

	if (source.length - at < 2 || memcmp(source.data + at, "#!", 2) != 0)
		return at;
	newline = memchr(source.data + at, '\n', source.length - at);
	return newline ? (size_t)(newline - source.data) + 1 : at;
}

/* What goes between a string of a list and one more: the strings stand on lines of their own, or do not. */
static const char *separator(Slice source, uint32_t offset, Arena *arena)
{
	Slice line = sieve_line_at(source, offset);
	size_t indent = (size_t)(source.data + offset - line.data);

	for (size_t i = 0; i < indent; i++)
		if (line.data[i] != ' ' && line.data[i] != '\t')
			return ", ";
	return arena_printf(arena, ",%s%.*s", line_end(source), (int)indent, line.data);
}

void sieve_mend_require(SieveCheck *check, const char *capability, SieveChanges *changes)
{
	Arena *arena = check->unit->arena;
	Slice source = check->script->source;
	SieveSpan last = check->last_required;
	uint32_t end = last.offset + last.length;
	char next = last.line && source.data[last.offset] == '"' ? next_character(source, end) : '\0';

	if (next == ',' || next == ']') {
		add(changes, end, 0,
		    arena_printf(arena, "%s\"%s\"", separator(source, last.offset, arena), capability));
	} else if (next == ';') {
		add(changes, last.offset, 0, "[");
		add(changes, end, 0, arena_printf(arena, ", \"%s\"]", capability));
	} else {
		add(changes, (uint32_t)top(source), 0,
		    arena_printf(arena, "require \"%s\";%s", capability, line_end(source)));
	}
}

/* ---- words ---- */

enum {
	SURE_LENGTH = 5,
};

static bool is_sure(const SieveNearest *nearest)
{
	/* What other languages call it. */
	if (ascii_equal_fold(nearest->best, SLICE("elsif")) &&
	    (ascii_equal_fold(nearest->wrong, SLICE("elseif")) ||
	     ascii_equal_fold(nearest->wrong, SLICE("elif"))))
		return true;
	return nearest->wrong.length >= SURE_LENGTH && nearest->distance == 1 && !nearest->rivals;
}

void sieve_mend_word(const SieveNearest *nearest, uint32_t offset, uint32_t length, Arena *arena,
		     SieveChanges *changes)
{
	if (length == nearest->wrong.length && is_sure(nearest))
		add(changes, offset, length,
		    arena_copy_bytes(arena, nearest->best.data, nearest->best.length));
}

/* ---- old names ---- */

/* What an old extension has of its own, and how it is written now. */
static const struct {
	const char *capability, *verb, *now;
} old_verbs[] = {
	{ "imapflags", "mark", "addflag \"\\\\Flagged\"" },
	{ "imapflags", "unmark", "removeflag \"\\\\Flagged\"" },
};

static bool is_own(const SieveExtension *extension, const SieveVerb *verb)
{
	for (const SieveVerb *it = extension->commands; it && it->name; it++)
		if (it == verb)
			return true;
	for (const SieveVerb *it = extension->tests; it && it->name; it++)
		if (it == verb)
			return true;
	return false;
}

static const char *now_written(const SieveExtension *extension, const SieveVerb *verb)
{
	for (size_t i = 0; i < sizeof old_verbs / sizeof *old_verbs; i++)
		if (strcmp(old_verbs[i].capability, extension->capability) == 0 &&
		    strcmp(old_verbs[i].verb, verb->name) == 0)
			return old_verbs[i].now;
	return NULL;
}

/* False when a word has no new form, or there are more than a finding can hold. */
static bool rewrite(const SieveExtension *extension, const SieveNode *node, SieveChanges *changes)
{
	for (; node; node = node->next) {
		const char *now;

		for (const SieveNode *it = node; it; it = it->otherwise)
			if (!rewrite(extension, it->tests, changes) ||
			    !rewrite(extension, it->block, changes))
				return false;
		if (!node->verb || !is_own(extension, node->verb))
			continue;
		now = now_written(extension, node->verb);
		if (!now || changes->count == SIEVE_CHANGES_MAX)
			return false;
		add(changes, node->span.offset, node->span.length, now);
	}
	return true;
}

static bool does_imply(const SieveExtension *extension, const char *capability)
{
	for (const char *const *name = extension->implies; name && *name; name++)
		if (strcmp(*name, capability) == 0)
			return true;
	return false;
}

static void mend_old_name(SieveCheck *check, const SieveOldName *old)
{
	SieveFindings *findings = check->unit->findings;
	SieveChanges changes = { 0 };
	SieveChange *copy;

	if (old->place >= findings->count || !does_imply(old->extension, old->extension->instead))
		return;
	add(&changes, old->span.offset, old->span.length,
	    arena_printf(check->unit->arena, "\"%s\"", old->extension->instead));
	if (!rewrite(old->extension, check->script->first, &changes))
		return;
	copy = arena_alloc(check->unit->arena, changes.count * sizeof *copy);
	memcpy(copy, changes.items, changes.count * sizeof *copy);
	findings->items[old->place].changes = copy;
	findings->items[old->place].change_count = changes.count;
}

void sieve_mend_old_names(SieveCheck *check)
{
	for (const SieveOldName *old = check->old_names; old; old = old->next)
		mend_old_name(check, old);
}

/* ---- making the changes ---- */

static int by_offset(const void *a, const void *b)
{
	const SieveChange *const *left = a, *const *right = b;

	if ((*left)->offset != (*right)->offset)
		return (*left)->offset < (*right)->offset ? -1 : 1;
	return *left < *right ? -1 : *left > *right;
}

static bool overlaps(const SieveFinding *one, const SieveFinding *other)
{
	for (size_t i = 0; i < one->change_count; i++)
		for (size_t j = 0; j < other->change_count; j++) {
			const SieveChange *a = &one->changes[i], *b = &other->changes[j];

			if (a->offset <= b->offset + b->length && b->offset <= a->offset + a->length)
				return true;
		}
	return false;
}

/* Changes are made together when none touches another; the rest has its turn once the script was compiled
 * again. */
static bool can_join(const SieveFinding *it, const SieveFinding *const *chosen, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (overlaps(it, chosen[i]))
			return false;
	return true;
}

static void apply(Slice source, const SieveChange **changes, size_t count, Text *out)
{
	size_t at = 0;

	/* cppcheck-suppress uninitvar ; pointers to what the findings hold */
	qsort(changes, count, sizeof *changes, by_offset);
	for (size_t i = 0; i < count; i++) {
		text_append(out, source.data + at, changes[i]->offset - at);
		text_append_string(out, changes[i]->text);
		at = changes[i]->offset + changes[i]->length;
	}
	text_append(out, source.data + at, source.length - at);
}

size_t sieve_mend(Slice source, const char *file, const SieveFindings *findings, Text *out)
{
	const SieveFinding *chosen[SIEVE_LIMIT_FINDINGS];
	const SieveChange *changes[SIEVE_LIMIT_FINDINGS * SIEVE_CHANGES_MAX];
	size_t count = 0, change_count = 0;

	for (size_t i = 0; i < findings->count; i++) {
		const SieveFinding *it = &findings->items[i];

		if (!it->change_count || strcmp(it->file, file) != 0 || !can_join(it, chosen, count))
			continue;
		chosen[count++] = it;
		for (size_t j = 0; j < it->change_count; j++)
			changes[change_count++] = &it->changes[j];
	}
	apply(source, changes, change_count, out);
	return count;
}
