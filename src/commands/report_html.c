/* report_html - the sums of a log as one page: no script, no request to anywhere, charts in SVG */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "commands/report.h"

enum {
	CHART_WIDTH = 720,
	CHART_HEIGHT = 160,
	ROWS_MAX = 200, /* of a table; what is left out is said */
};

static const char page_begin[] =
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
	"'unsafe-inline'\">\n"
	"<meta name=\"viewport\" content=\"width=device-width\">\n<title>Deliveries</title>\n<style>\n"
	":root { color-scheme: light dark; --bar: #3a6ea5 }\n"
	"@media (prefers-color-scheme: dark) { :root { --bar: #7fb0e0 } }\n"
	"body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem "
	"}\n"
	"table { border-collapse: collapse; width: 100% }\n"
	"td { padding: .15rem .5rem; vertical-align: middle } td.n { text-align: right; white-space: nowrap "
	"}\n"
	"td.b { width: 40% } svg { display: block; width: 100%; height: auto }\n"
	"svg .bar { fill: var(--bar) } svg text { fill: currentColor; font-size: 11px }\n"
	"</style></head><body>\n<h1>Deliveries</h1>\n";

/* A row for each, with a bar. */
static void append_table(const char *title, const Tally *tally, Text *out)
{
	const uint64_t most = tally_greatest(tally);

	if (!tally->count)
		return;
	text_printf(out, "<h2>%s</h2>\n<table>\n", title);
	for (size_t i = 0; i < tally->count && i < ROWS_MAX; i++) {
		const TallyItem *it = &tally->items[i];

		text_append_string(out, "<tr><td>");
		markup_append(out, slice_of(it->name));
		text_printf(out,
			    "</td><td class=\"n\">%" PRIu64
			    "</td><td class=\"b\"><svg viewBox=\"0 0 300 14\" role=\"img\" "
			    "aria-label=\"%" PRIu64
			    "\"><rect class=\"bar\" width=\"%.1f\" height=\"14\"/></svg></td></tr>\n",
			    it->count, it->count, 300.0 * (double)it->count / (double)most);
	}
	text_append_string(out, "</table>\n");
	if (tally->count > ROWS_MAX)
		text_printf(out, "<p>and %zu more</p>\n", tally->count - ROWS_MAX);
}

/* A bar for each day, of which the first, the last and the highest are named. */
static void append_days(const Tally *days, Text *out)
{
	const uint64_t most = tally_greatest(days);
	const double step = days->count ? (double)CHART_WIDTH / (double)days->count : 0;

	if (!days->count)
		return;
	text_printf(
		out,
		"<h2>Days</h2>\n<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"deliveries by day\">\n",
		CHART_WIDTH, CHART_HEIGHT + 30);
	for (size_t i = 0; i < days->count; i++) {
		const double height = (double)CHART_HEIGHT * (double)days->items[i].count / (double)most;

		text_printf(out,
			    "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
			    "height=\"%.1f\"><title>%s: %" PRIu64 "</title></rect>\n",
			    (double)i * step, (double)CHART_HEIGHT - height + 14, step > 3 ? step - 1 : step,
			    height, days->items[i].name, days->items[i].count);
	}
	text_printf(out,
		    "<text x=\"0\" y=\"10\">%" PRIu64
		    " on the busiest</text><text x=\"0\" y=\"%d\">%s</text>\n",
		    most, CHART_HEIGHT + 28, days->items[0].name);
	if (days->count > 1)
		text_printf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", CHART_WIDTH,
			    CHART_HEIGHT + 28, days->items[days->count - 1].name);
	text_append_string(out, "</svg>\n");
}

static void append_idle(const Report *report, Text *out)
{
	bool any = false;

	for (size_t i = 0; i < report->names.count; i++) {
		if (report->hits[i])
			continue;
		text_append_string(out, any ? "" : "<h2>Rules that never decided</h2>\n<ul>\n");
		any = true;
		text_printf(out, "<li>line %u: ", report->names.items[i].line);
		markup_append(out, slice_of(report->names.items[i].name));
		text_append_string(out, "</li>\n");
	}
	text_append_string(out, any ? "</ul>\n" : "<p>Every rule has decided something.</p>\n");
}

/* Days are digits, results are words of ours, and all else is escaped. */
void report_html(const Report *report, Text *out)
{
	text_append_string(out, page_begin);
	text_printf(out, "<p>%" PRIu64 " deliveries, %.1f MB", report->deliveries,
		    (double)report->bytes / 1e6);
	if (report->deliveries)
		text_printf(out, ", %.1f ms each, %.1f ms the slowest",
			    (double)report->duration_us / 1000 / (double)report->deliveries,
			    (double)report->slowest_us / 1000);
	text_append_string(out, ".</p>\n");
	append_days(&report->days, out);
	append_table("What became of them", &report->results, out);
	append_table("Folders", &report->folders, out);
	append_table("Rules", &report->rules, out);
	if (report->script)
		append_idle(report, out);
	text_append_string(out, "</body></html>\n");
}
