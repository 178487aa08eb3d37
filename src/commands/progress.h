/* progress - how far long work is, on standard error: a bar on a terminal, else a line now and then */
#ifndef COMMANDS_PROGRESS_H
#define COMMANDS_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Progress {
	const char *what; /* "filed" */
	size_t done, total;
	bool is_terminal;
	int64_t begun_ms, shown_ms;
} Progress;

void progress_begin(Progress *progress, const char *what, size_t total);
void progress_step(Progress *progress, size_t done);
void progress_end(Progress *progress);

#endif
