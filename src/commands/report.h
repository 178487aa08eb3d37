/* report - what the files report*.c share: the sums of a log */
#ifndef COMMANDS_REPORT_H
#define COMMANDS_REPORT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "commands/rule_names.h"
#include "commands/tally.h"

typedef struct Report {
	Arena *arena;
	Tally days, folders, results, rules; /* of deliveries; a folder counts each copy */
	uint64_t deliveries, bytes, duration_us, slowest_us;
	uint64_t other_lines; /* that tell of no delivery */
	const char *script;   /* given with --script; NULL: none was */
	RuleNames names;      /* of it */
	uint64_t *hits;       /* of each of its rules */
} Report;

void report_table(const Report *report, Text *out);
void report_json(const Report *report, Text *out);
void report_html(const Report *report, Text *out);

#endif
