/* try_trace - the script's own text, each line with what became of it over one message
 *
 *	+   4  if header :contains "subject" "list" {
 *	       | Subject: a list for Köln
 *	       |            ~~~~ "list"
 *	.   7      discard;
 *
 * "+" was taken, "-" was not, "." was never come by. */
#include "commands/try.h"

#include <string.h>

#include "base/ascii.h"
#include "base/columns.h"
#include "base/printable.h"
#include "base/utf8.h"

enum {
	LINE_BYTES = 500,
	VALUE_BYTES = 400
};

Slice try_script_text(TryScripts *scripts, const Steps *steps, size_t which)
{
	AUTO_VALUE(Text) text = { 0 };
	Failure ignored;

	if (!*steps->scripts[which].name)
		return scripts->main;
	if (!scripts->texts[which].data &&
	    includes_load(&scripts->includes, steps->scripts[which].is_global ? SIEVE_GLOBAL : SIEVE_PERSONAL,
			  steps->scripts[which].name, &text, &ignored) == SIEVE_LOADED)
		scripts->texts[which] = arena_copy_slice(scripts->arena, text_slice(&text));
	return scripts->texts[which];
}

/* --- lines --- */

static size_t count_lines(Slice text)
{
	size_t lines = 0;

	for (size_t i = 0; i < text.length; i++)
		lines += text.data[i] == '\n' || i + 1 == text.length;
	return lines;
}

static TryMark mark_of(const StepNode *node)
{
	return !node->reached ? TRY_UNREACHED : node->held ? TRY_TAKEN : TRY_UNTAKEN;
}

/* The number of line ends before `offset`, going on from an earlier place. */
typedef struct Walk {
	Slice text;
	size_t offset, line;
} Walk;

static size_t line_at(Walk *walk, size_t offset)
{
	for (; walk->offset < offset && walk->offset < walk->text.length; walk->offset++)
		walk->line += walk->text.data[walk->offset] == '\n';
	return walk->line;
}

TryMark *try_marks(const Steps *steps, size_t script, Slice text, size_t *lines, Arena *arena)
{
	TryMark *marks;
	uint32_t command_line = 0;

	*lines = count_lines(text);
	marks = arena_zeroed(arena, *lines + 1, sizeof *marks);
	for (size_t i = 0; i < steps->node_count; i++) {
		const StepNode *node = &steps->nodes[i];
		Walk walk = { text, node->offset, node->line };
		size_t last;

		if (node->script != script || !node->line || node->line > *lines ||
		    node->offset > text.length)
			continue;
		if (node->kind != STEP_TEST)
			command_line = node->line;
		else if (node->line == command_line)
			continue; /* the branch says it */
		last = line_at(&walk, node->end);
		for (size_t line = node->line; line <= last && line <= *lines; line++)
			if (node->kind == STEP_TEST || marks[line - 1] < mark_of(node))
				marks[line - 1] = mark_of(node);
	}
	return marks;
}

/* --- values --- */

static size_t columns(Slice text)
{
	size_t count = 0;

	while (text.length) {
		uint32_t c = '?';
		size_t length = utf8_decode(text.data, text.length, &c);

		count += columns_of(c);
		text = slice_from(text, length ? length : 1);
	}
	return count;
}

/* On one line; of a text with several, such as a body, each line end is a blank. */
static void append_shown(Slice value, Text *out)
{
	AUTO_VALUE(Text) line = { 0 };

	text_append_slice(&line, value);
	for (size_t i = 0; i < line.length; i++)
		if (line.data[i] == '\r' || line.data[i] == '\n' || line.data[i] == '\t')
			line.data[i] = ' ';
	printable_append(out, text_slice(&line), VALUE_BYTES);
}

static void repeat(Text *out, char c, size_t count)
{
	while (count--)
		text_append_char(out, c);
}

static const char margin[] = "         | ";

static void append_value(const StepSight *sight, const Style *style, Text *out)
{
	size_t start;

	text_append_string(out, margin);
	start = out->length;
	if (sight->field.length) {
		printable_append(out, sight->field, VALUE_BYTES);
		text_append_string(out, ": ");
	}
	if (sight->value_from)
		text_append_string(out, "...");
	if (!sight->value_all)
		text_append_string(out, "(empty)");
	append_shown(slice(sight->value.data, sight->match_from), out);
	start = columns(slice(out->data + start, out->length - start));
	if (sight->hit) {
		AUTO_VALUE(Text) match = { 0 };

		append_shown(slice(sight->value.data + sight->match_from, sight->match_size), &match);
		text_printf(out, "%s%s%s", style->good, text_string(&match), style->end);
		append_shown(slice_from(sight->value, sight->match_from + sight->match_size), out);
		if (sight->value_from + sight->value.length < sight->value_all)
			text_append_string(out, "...");
		text_printf(out, "\n%s", margin);
		repeat(out, ' ', start);
		repeat(out, '~', columns(text_slice(&match)) ? columns(text_slice(&match)) : 1);
		text_append_string(out, " fits \"");
		printable_append(out, sight->key, VALUE_BYTES);
		text_append_string(out, "\"\n");
		return;
	}
	append_shown(slice_from(sight->value, sight->match_from), out);
	if (sight->value_from + sight->value.length < sight->value_all)
		text_append_string(out, "...");
	text_append_string(out, "\n");
	if (!sight->near)
		return;
	text_printf(out, "%s%sno key fits; \"", margin, style->warning);
	printable_append(out, sight->key, VALUE_BYTES);
	text_printf(out, "\" would %s%s\n", steps_near_text(sight->near), style->end);
}

static void append_raw(const StepSight *sight, Text *out)
{
	if (!sight->has_raw)
		return;
	text_printf(out, "%sas it stands: ", margin);
	printable_append(out, sight->raw, VALUE_BYTES);
	text_append_char(out, '\n');
}

/* Those of the tests that begin on this line; `*at` goes on from line to line. */
static void append_sights(const Steps *steps, size_t script, size_t line, const Style *style, Text *out)
{
	for (size_t i = 0; i < steps->sight_count; i++) {
		const StepSight *sight = &steps->sights[i];
		const StepNode *node = &steps->nodes[sight->node];

		if (node->script != script || node->line != line)
			continue;
		append_value(sight, style, out);
		append_raw(sight, out);
	}
}

/* --- a script --- */

static void append_line(TryMark mark, size_t number, Slice line, const Style *style, Text *out)
{
	static const char marks[] = " .-+";
	const char *colour = mark == TRY_TAKEN       ? style->good
			     : mark == TRY_UNTAKEN   ? style->bad
			     : mark == TRY_UNREACHED ? style->faint
						     : "";
	AUTO_VALUE(Text) tabless = { 0 };

	for (size_t i = 0; i < line.length; i++)
		if (line.data[i] == '\t')
			text_append_string(&tabless, "    ");
		else
			text_append_char(&tabless, line.data[i]);
	if (tabless.length && tabless.data[tabless.length - 1] == '\r')
		text_truncate(&tabless, tabless.length - 1);
	text_printf(out, "%s%c %5zu  ", colour, marks[mark], number);
	printable_append(out, text_slice(&tabless), LINE_BYTES);
	text_printf(out, "%s\n", *colour ? style->end : "");
}

/* Is any line of it reached, or is it the main script? */
static bool is_shown(const Steps *steps, size_t script)
{
	if (script == 0)
		return true;
	for (size_t i = 0; i < steps->node_count; i++)
		if (steps->nodes[i].script == script && steps->nodes[i].reached)
			return true;
	return false;
}

static void append_script(TryScripts *scripts, const Steps *steps, size_t which, const Style *style,
			  Text *out)
{
	AUTO(Arena) arena = arena_new();
	Slice text = try_script_text(scripts, steps, which);
	size_t lines, at = 0;
	TryMark *marks;

	if (which) {
		text_append_string(out, "  included: ");
		printable_append(out, slice_of(steps->scripts[which].name), LINE_BYTES);
		text_append_char(out, '\n');
	}
	if (!text.data)
		return;
	marks = try_marks(steps, which, text, &lines, arena);
	for (size_t line = 1; line <= lines; line++) {
		Slice rest = slice_from(text, at);
		const char *end = memchr(rest.data, '\n', rest.length);
		size_t length = end ? (size_t)(end - rest.data) : rest.length;

		append_line(marks[line - 1], line, slice(rest.data, length), style, out);
		append_sights(steps, which, line, style, out);
		at += length + 1;
	}
}

void try_trace(TryScripts *scripts, const Plan *plan, const Style *style, Text *out)
{
	const Steps *steps = plan->steps;

	if (!steps)
		return;
	for (size_t i = 0; i < steps->script_count; i++)
		if (is_shown(steps, i))
			append_script(scripts, steps, i, style, out);
	if (steps->cut)
		text_append_string(out, "  more values were seen than are shown\n");
}
