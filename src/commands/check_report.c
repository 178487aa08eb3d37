#include "commands/check_report.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "sieve/limits.h"
#include "sieve/warnings.h"

/* ---- one finding ---- */

static void json_place(Text *out, const char *name, uint32_t line, uint32_t column)
{
	json_name(out, name);
	text_printf(out, "{\"line\":%u,\"column\":%u}", line, column);
}

static void json_fix(Text *out, const SieveFinding *finding)
{
	json_name(out, "fix");
	if (!finding->change_count) {
		text_append_string(out, "null");
		return;
	}
	text_append_char(out, '[');
	for (size_t i = 0; i < finding->change_count; i++) {
		const SieveChange *it = &finding->changes[i];

		text_append_string(out, i ? ",{" : "{");
		json_field_number(out, "offset", it->offset);
		json_field_number(out, "length", it->length);
		json_field_string(out, "text", it->text);
		text_append_char(out, '}');
	}
	text_append_char(out, ']');
}

static void to_json(const SieveFinding *finding, Text *out)
{
	text_append_char(out, '{');
	json_field_string(out, "file", finding->file);
	json_field_number(out, "line", finding->line);
	json_field_number(out, "column", finding->column);
	json_place(out, "end", finding->end_line, finding->end_column);
	json_field_string(out, "level", finding->severity == SIEVE_ERROR ? "error" : "warning");
	json_field_string(out, "name", finding->name);
	json_field_string(out, "message", finding->text);
	json_field_string(out, "expected", finding->expected);
	json_field_string(out, "suggestion", finding->suggestion);
	json_fix(out, finding);
	json_field_slice(out, "source_line", finding->source_line);
	text_append_string(out, "}\n");
}

/* ---- all of them ---- */

/* A finding, and what orders it: scripts as they were first met, in each from the top. */
typedef struct Placed {
	const SieveFinding *finding;
	size_t file, order;
} Placed;

static int by_place(const void *a, const void *b)
{
	const Placed *left = a, *right = b;

	if (left->file != right->file)
		return left->file < right->file ? -1 : 1;
	if (left->finding->offset != right->finding->offset)
		return left->finding->offset < right->finding->offset ? -1 : 1;
	return left->order < right->order ? -1 : left->order > right->order;
}

static size_t first_of_file(const SieveFindings *findings, size_t place)
{
	for (size_t i = 0; i < place; i++)
		if (strcmp(findings->items[i].file, findings->items[place].file) == 0)
			return i;
	return place;
}

static bool is_shown(const SieveFinding *finding, const bool *is_off)
{
	if (finding->severity == SIEVE_ERROR)
		return true;
	for (size_t i = 0; i < SIEVE_WARNINGS; i++)
		if (strcmp(finding->name, sieve_warnings[i].name) == 0)
			return !is_off[i];
	return true;
}

static size_t put_in_order(const SieveFindings *findings, const bool *is_off, Placed *placed)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++)
		if (is_shown(&findings->items[i], is_off))
			placed[count++] = (Placed){ &findings->items[i], first_of_file(findings, i), i };
	/* cppcheck-suppress uninitvar ; filled above, as far as it is sorted */
	qsort(placed, count, sizeof *placed, by_place);
	return count;
}

static size_t errors_among(const Placed *placed, size_t count)
{
	size_t errors = 0;

	for (size_t i = 0; i < count; i++)
		errors += placed[i].finding->severity == SIEVE_ERROR;
	return errors;
}

bool check_report(SieveFindings *findings, const bool *is_off, bool json, FILE *to, CheckTally *tally,
		  Failure *why)
{
	AUTO_VALUE(Text) out = { 0 };
	Placed placed[SIEVE_LIMIT_FINDINGS];
	size_t count = put_in_order(findings, is_off, placed);
	size_t errors = errors_among(placed, count);

	tally->errors += findings->errors;
	tally->warnings += count - errors;
	for (size_t i = 0; i < count; i++) {
		if (json)
			to_json(placed[i].finding, &out);
		else
			sieve_finding_print(placed[i].finding, &out);
	}
	if (!json && findings->errors - findings->follows > errors)
		text_printf(&out, "%s: and %zu more errors\n", findings->items[0].file,
			    findings->errors - findings->follows - errors);
	if (fwrite(text_string(&out), 1, out.length, to) != out.length || fflush(to) != 0)
		return failure_errno(why, "write");
	return true;
}
