/* try_html - one page that needs nothing else: how many went where, the script with its hits, each message's
 * way
 *
 * Messages come one by one and stand at the end of the page, so that they are kept in an unnamed file until
 * the counts are known. */
#include "commands/try.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/io.h"
#include "base/markup.h"
#include "base/memory.h"
#include "base/printable.h"
#include "mailbox/source_input.h"

enum {
	SCRIPTS_SHOWN = 8,
	WAYS = 1000, /* messages whose whole way is shown; of the others the lines that were taken */
	BARS = 20,
	LONGEST = 4096,
	COPY_BYTES = 64 * 1024
};

struct TryHtml {
	FILE *file;
	int rows; /* the messages, until the end */
	size_t messages;
	Steps counts; /* the nodes of all messages' steps, added up; NULL: none yet */
	Arena *arena;
};

static const char head[] = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
			   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
			   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
			   "style-src 'unsafe-inline'\">\n"
			   "<title>";
static const char style[] =
	"</title>\n<style>\n"
	"body{font:16px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;"
	"color:#1b1f24;background:#fff}\n"
	"h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.2rem}\n"
	"table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;"
	"padding:.15rem .6rem}\n"
	"th{border-bottom:2px solid #d0d7de}tbody tr{border-bottom:1px solid #eaeef2}\n"
	".script td{padding:0 .6rem;white-space:pre-wrap;font:13px/1.5 ui-monospace,monospace}\n"
	".script tr{border:0}.n{text-align:right;color:#57606a}.taken{background:#dafbe1}\n"
	".untaken{background:#fff1e5}.unreached{color:#6e7781}\n"
	"pre{font:13px/1.5 ui-monospace,monospace;overflow-x:auto;background:#f6f8fa;padding:.6rem}\n"
	"svg{max-width:100%;height:auto}svg text{font:14px system-ui,sans-serif;fill:currentColor}\n"
	"summary{cursor:pointer}.counts{width:auto}\n"
	"@media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}.taken{background:#12361f}"
	".untaken{background:#3d2a14}pre{background:#161b22}tbody tr{border-color:#21262d}"
	"th{border-color:#30363d}}\n"
	"</style>\n</head>\n<body>\n";

static void escape(Slice text, size_t most, Text *out)
{
	AUTO_VALUE(Text) safe = { 0 };

	printable_append(&safe, text, most);
	markup_append(out, text_slice(&safe));
}

/* Lines, each made safe by itself. */
static void escape_lines(Slice text, Text *out)
{
	while (text.length) {
		const char *end = memchr(text.data, '\n', text.length);
		size_t length = end ? (size_t)(end - text.data) : text.length;

		escape(slice(text.data, length), LONGEST, out);
		text_append_char(out, '\n');
		text = slice_from(text, length + 1);
	}
}

TryHtml *try_html_open(const char *path, Failure *why)
{
	TryHtml *page = memory_zeroed(1, sizeof *page);

	page->arena = arena_new();
	page->rows = input_spool(why);
	if (page->rows >= 0) {
		page->file = fopen(path, "we");
		if (page->file)
			return page;
		failure_errno(why, "write '%s'", path);
	}
	try_html_close(page);
	return NULL;
}

void try_html_close(TryHtml *page)
{
	if (!page)
		return;
	if (page->file)
		fclose(page->file);
	cleanup_fd(&page->rows);
	arena_free(page->arena);
	free(page);
}

/* --- messages --- */

static void add_counts(TryHtml *page, const Steps *steps)
{
	Steps *counts = &page->counts;

	if (!counts->nodes) {
		counts->scripts = arena_zeroed(page->arena, steps->script_count + 1, sizeof *counts->scripts);
		for (size_t i = 0; i < steps->script_count; i++)
			counts->scripts[i] = (StepScript){ arena_copy_string(page->arena,
									     steps->scripts[i].name),
							   steps->scripts[i].is_global };
		counts->script_count = steps->script_count;
		counts->nodes = arena_zeroed(page->arena, steps->node_count + 1, sizeof *counts->nodes);
		counts->node_count = steps->node_count;
		for (size_t i = 0; i < steps->node_count; i++) {
			counts->nodes[i] = steps->nodes[i];
			counts->nodes[i].reached = counts->nodes[i].held = 0;
		}
	}
	if (counts->node_count != steps->node_count)
		return;
	for (size_t i = 0; i < steps->node_count; i++) {
		counts->nodes[i].reached += steps->nodes[i].reached > 0;
		counts->nodes[i].held += steps->nodes[i].held > 0;
	}
}

static void put_taken(const Steps *steps, Text *out)
{
	uint32_t last = 0;

	for (size_t i = 0; steps && i < steps->node_count; i++) {
		const StepNode *node = &steps->nodes[i];

		if (node->script || node->kind == STEP_TEST || !node->held || node->line == last)
			continue;
		text_printf(out, "%s%u", last ? ", " : "", node->line);
		last = node->line;
	}
}

static void put_cell(const char *value, Text *out)
{
	text_append_string(out, "<td>");
	escape(slice_of(value), LONGEST, out);
	text_append_string(out, "</td>");
}

bool try_html_add(TryHtml *page, const Tried *it, const Plan *plan, TryScripts *scripts, Failure *why)
{
	const Style plain = { "", "", "", "", "", "" };
	AUTO_VALUE(Text) row = { 0 };
	AUTO_VALUE(Text) outcome = { 0 };
	AUTO_VALUE(Text) way = { 0 };

	if (plan->steps)
		add_counts(page, plan->steps);
	try_outcome(plan, &outcome);
	text_append_string(&row, "<tr class=\"message\">");
	put_cell(it->name, &row);
	put_cell(it->from, &row);
	put_cell(it->subject, &row);
	text_append_string(&row, "<td class=\"outcome\">");
	escape(text_slice(&outcome), LONGEST, &row);
	text_append_string(&row, "</td><td>");
	put_taken(plan->steps, &row);
	if (page->messages++ < WAYS) {
		try_trace(scripts, plan, &plain, &way);
		text_append_string(&row, "<details><summary>way</summary><pre>");
		escape_lines(text_slice(&way), &row);
		text_append_string(&row, "</pre></details>");
	}
	text_append_string(&row, "</td></tr>\n");
	return io_write(page->rows, row.data, row.length) || failure_errno(why, "keep the page's rows");
}

/* --- the page --- */

/* Bars: how many went where. */
static void put_chart(const TrySummary *summary, Text *out)
{
	size_t bars = summary->count < BARS ? summary->count : BARS;
	size_t most = summary->count ? summary->items[0].count : 1;

	text_printf(out,
		    "<h2>How many went where</h2>\n<svg viewBox=\"0 0 900 %zu\" width=\"900\" role=\"img\" "
		    "aria-label=\"How many messages went where\">\n",
		    bars * 30 + 4);
	for (size_t i = 0; i < bars; i++) {
		const TryCount *item = &summary->items[i];
		size_t y = i * 30, width = item->count * 380 / most;

		text_printf(
			out,
			"<rect x=\"430\" y=\"%zu\" width=\"%zu\" height=\"20\" rx=\"3\" fill=\"#2f81f7\"/>"
			"<text x=\"420\" y=\"%zu\" text-anchor=\"end\">",
			y + 4, width ? width : 1, y + 19);
		escape(slice_of(item->what), 48, out);
		text_printf(out, "</text><text x=\"%zu\" y=\"%zu\">%zu</text>\n", 438 + (width ? width : 1),
			    y + 19, item->count);
	}
	text_append_string(out,
			   "</svg>\n<table class=\"counts\"><thead><tr><th>Messages</th><th>What becomes of "
			   "them</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < summary->count; i++) {
		text_printf(out, "<tr class=\"count\"><td>%zu</td>", summary->items[i].count);
		put_cell(summary->items[i].what, out);
		text_append_string(out, "</tr>\n");
	}
	text_append_string(out, "</tbody></table>\n");
}

/* The first command of a line, or NULL. */
static const StepNode *node_of_line(const Steps *steps, size_t script, size_t line)
{
	for (size_t i = 0; i < steps->node_count; i++)
		if (steps->nodes[i].script == script && steps->nodes[i].line == line)
			return &steps->nodes[i];
	return NULL;
}

static void put_script_line(const Steps *counts, size_t script, TryMark mark, size_t number, Slice line,
			    Text *out)
{
	static const char *const classes[] = { "", "unreached", "untaken", "taken" };
	const StepNode *node = node_of_line(counts, script, number);
	AUTO_VALUE(Text) tabless = { 0 };

	for (size_t i = 0; i < line.length; i++)
		text_append(&tabless, line.data[i] == '\t' ? "    " : &line.data[i],
			    line.data[i] == '\t' ? 4 : 1);
	text_printf(out, "<tr class=\"%s\"><td class=\"n\">%zu</td><td class=\"n\">", classes[mark], number);
	if (node)
		text_printf(out, "%u of %u", node->held, node->reached);
	text_append_string(out, "</td><td>");
	escape(ascii_trim(text_slice(&tabless)).length ? text_slice(&tabless) : SLICE(""), LONGEST, out);
	text_append_string(out, "</td></tr>\n");
}

static void put_script(TryHtml *page, size_t which, const char *name, TryScripts *scripts, Text *out)
{
	Slice text = page->counts.script_count ? try_script_text(scripts, &page->counts, which)
					       : scripts->main;
	size_t lines, at = 0;
	TryMark *marks;

	if (!text.data)
		return;
	marks = try_marks(&page->counts, which, text, &lines, page->arena);
	text_append_string(out, "<h2>");
	escape(slice_of(name), LONGEST, out);
	text_append_string(
		out, "</h2>\n<table class=\"script\"><thead><tr><th>Line</th><th>Taken</th><th>Rules</th>"
		     "</tr></thead><tbody>\n");
	for (size_t line = 1; line <= lines; line++) {
		Slice rest = slice_from(text, at);
		const char *end = memchr(rest.data, '\n', rest.length);
		size_t length = end ? (size_t)(end - rest.data) : rest.length;

		put_script_line(&page->counts, which, marks[line - 1], line, slice(rest.data, length), out);
		at += length + 1;
	}
	text_append_string(out, "</tbody></table>\n");
}

static bool copy_rows(TryHtml *page)
{
	char buffer[COPY_BYTES];
	off_t at = 0;
	ssize_t got;

	while ((got = io_read_at(page->rows, buffer, sizeof buffer, at)) > 0) {
		if (fwrite(buffer, 1, (size_t)got, page->file) != (size_t)got)
			return false;
		at += got;
	}
	return got == 0;
}

bool try_html_finish(TryHtml *page, const char *script_name, TryScripts *scripts, TrySummary *summary,
		     Failure *why)
{
	AUTO_VALUE(Text) top = { 0 };
	static const char end[] = "</tbody></table>\n</body>\n</html>\n";
	FILE *file = page->file;

	try_summary_sort(summary);
	text_append_string(&top, head);
	escape(slice_of(script_name), LONGEST, &top);
	text_append_string(&top, style);
	text_append_string(&top, "<h1>What <code>");
	escape(slice_of(script_name), LONGEST, &top);
	text_printf(&top, "</code> would do with %zu message%s</h1>\n", summary->messages,
		    summary->messages == 1 ? "" : "s");
	put_chart(summary, &top);
	put_script(page, 0, script_name, scripts, &top);
	for (size_t i = 1; i < page->counts.script_count && i < SCRIPTS_SHOWN; i++)
		put_script(page, i, page->counts.scripts[i].name, scripts, &top);
	text_append_string(
		&top,
		"<h2>Messages</h2>\n<table class=\"messages\"><thead><tr><th>Message</th><th>From</th>"
		"<th>Subject</th><th>What becomes of it</th><th>Lines taken</th></tr></thead><tbody>\n");
	if (fwrite(top.data, 1, top.length, file) != top.length || !copy_rows(page) || fputs(end, file) < 0)
		return failure_errno(why, "write the page");
	page->file = NULL;
	return fclose(file) == 0 || failure_errno(why, "write the page");
}
