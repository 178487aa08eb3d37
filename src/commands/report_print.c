/* report_print - the sums of a log as tables and as JSON */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/columns.h"
#include "base/json.h"
#include "base/utf8.h"
#include "commands/report.h"
#include "commands/style.h"

enum {
	BAR_CELLS = 30,
	BAR_CELLS_LEAST = 10, /* a shorter one tells nothing */
	NAME_CELLS = 44,
	COUNT_CELLS = 9,
	GAP_CELLS = 2 /* before a name and before a bar */
};

/* ---- tables ---- */

static void print_size(uint64_t bytes, Text *out)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	double value = (double)bytes;
	size_t unit = 0;

	for (; value >= 1000 && unit + 1 < sizeof units / sizeof *units; unit++)
		value /= 1000;
	text_printf(out, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

/* Of a name, which is well-formed. */
static size_t cells_of(const char *name)
{
	Slice rest = slice_of(name);
	size_t cells = 0;
	uint32_t c;

	for (size_t length; (length = utf8_decode(rest.data, rest.length, &c));
	     rest = slice_from(rest, length))
		cells += columns_of(c);
	return cells;
}

static void print_padded(const char *name, size_t cells, Text *out)
{
	text_append_string(out, name);
	for (size_t used = cells_of(name); used < cells; used++)
		text_append_char(out, ' ');
}

static size_t at_most(size_t cells, size_t most)
{
	return cells < most ? cells : most;
}

static size_t less(size_t columns, size_t used)
{
	return columns > used ? columns - used : 0;
}

static size_t width_of(const Tally *tally, size_t columns)
{
	size_t width = 0;

	for (size_t i = 0; i < tally->count; i++) {
		size_t cells = cells_of(tally->items[i].name);

		width = cells > width ? cells : width;
	}
	return at_most(at_most(width, NAME_CELLS), less(columns, GAP_CELLS + COUNT_CELLS));
}

/* How long the longest bar is: 0 where there is no room for one. */
static size_t bar_beside(size_t name, size_t columns)
{
	size_t room = less(columns, GAP_CELLS + name + COUNT_CELLS + GAP_CELLS);

	return room < BAR_CELLS_LEAST ? 0 : at_most(room, BAR_CELLS);
}

static void print_tally(const char *title, const Tally *tally, Text *out)
{
	const Style style = style_for(STDOUT_FILENO);
	const uint64_t most = tally_greatest(tally);
	const size_t columns = style_columns(STDOUT_FILENO);
	const size_t width = width_of(tally, columns), bar = bar_beside(width, columns);

	if (!tally->count)
		return;
	text_printf(out, "\n%s%s%s\n", style.bold, title, style.end);
	for (size_t i = 0; i < tally->count; i++) {
		const TallyItem *it = &tally->items[i];

		text_printf(out, "%*s", GAP_CELLS, "");
		print_padded(it->name, width, out);
		text_printf(out, "%*" PRIu64, COUNT_CELLS, it->count);
		if (bar)
			text_printf(out, "%*s%s", GAP_CELLS, "", style.good);
		for (uint64_t cell = 0; cell < (it->count * bar + most - 1) / most; cell++)
			text_append_char(out, '#');
		text_printf(out, "%s\n", bar ? style.end : "");
	}
}

static void print_idle(const Report *report, Text *out)
{
	const Style style = style_for(STDOUT_FILENO);
	bool any = false;

	for (size_t i = 0; i < report->names.count; i++) {
		const RuleName *it = &report->names.items[i];

		if (report->hits[i])
			continue;
		if (!any)
			text_printf(out, "\n%sRules that never decided%s\n", style.bold, style.end);
		any = true;
		text_printf(out, "  line %u: %s\n", it->line, it->name);
	}
	if (!any)
		text_append_string(out, "\nEvery rule has decided something.\n");
}

void report_table(const Report *report, Text *out)
{
	text_printf(out, "%" PRIu64 " deliveries, ", report->deliveries);
	print_size(report->bytes, out);
	if (report->deliveries)
		text_printf(out, ", %.1f ms each, %.1f ms the slowest",
			    (double)report->duration_us / 1000 / (double)report->deliveries,
			    (double)report->slowest_us / 1000);
	if (report->other_lines)
		text_printf(out, "; %" PRIu64 " other lines", report->other_lines);
	text_append_char(out, '\n');
	print_tally("What became of them", &report->results, out);
	print_tally("Folders", &report->folders, out);
	print_tally("Rules", &report->rules, out);
	if (report->script)
		print_idle(report, out);
	print_tally("Days", &report->days, out);
}

/* ---- JSON ---- */

static void tally_to_json(const char *name, const char *key, const Tally *tally, Text *out)
{
	json_name(out, name);
	text_append_char(out, '[');
	for (size_t i = 0; i < tally->count; i++) {
		text_append_string(out, i ? ",{" : "{");
		json_field_string(out, key, tally->items[i].name);
		json_field_number(out, "count", (int64_t)tally->items[i].count);
		if (tally->items[i].bytes)
			json_field_number(out, "bytes", (int64_t)tally->items[i].bytes);
		text_append_char(out, '}');
	}
	text_append_char(out, ']');
}

static void rules_to_json(const Report *report, Text *out)
{
	json_name(out, "script_rules");
	text_append_char(out, '[');
	for (size_t i = 0; i < report->names.count; i++) {
		text_append_string(out, i ? ",{" : "{");
		json_field_number(out, "line", report->names.items[i].line);
		json_field_string(out, "rule", report->names.items[i].name);
		json_field_number(out, "count", (int64_t)report->hits[i]);
		text_append_char(out, '}');
	}
	text_append_char(out, ']');
}

void report_json(const Report *report, Text *out)
{
	text_append_char(out, '{');
	json_field_number(out, "deliveries", (int64_t)report->deliveries);
	json_field_number(out, "bytes", (int64_t)report->bytes);
	json_field_number(out, "duration_us", (int64_t)report->duration_us);
	json_field_number(out, "slowest_us", (int64_t)report->slowest_us);
	json_field_number(out, "other_lines", (int64_t)report->other_lines);
	tally_to_json("results", "result", &report->results, out);
	tally_to_json("folders", "folder", &report->folders, out);
	tally_to_json("rules", "rule", &report->rules, out);
	if (report->script)
		rules_to_json(report, out);
	tally_to_json("days", "day", &report->days, out);
	text_append_string(out, "}\n");
}
