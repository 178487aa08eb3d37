#include "commands/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum {
	BAR_EVERY_MS = 100,
	LINE_EVERY_MS = 10000,
	BAR_WIDTH = 30
};

static int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_begin(Progress *progress, const char *what, size_t total)
{
	*progress = (Progress){ .what = what, .total = total, .is_terminal = isatty(STDERR_FILENO) };
	progress->begun_ms = progress->shown_ms = clock_ms();
}

static void show(const Progress *progress, int64_t now_ms)
{
	double seconds = (double)(now_ms - progress->begun_ms + 1) / 1000;
	double rate = (double)progress->done / seconds;
	double left = rate > 0 ? (double)(progress->total - progress->done) / rate : 0;
	int filled = progress->total ? (int)(progress->done * BAR_WIDTH / progress->total) : BAR_WIDTH;

	if (progress->is_terminal)
		fprintf(stderr, "\r[%.*s%*s] ", filled, "##############################", BAR_WIDTH - filled,
			"");
	fprintf(stderr, "%zu of %zu %s, %.0f a second, %.0f s left%s", progress->done, progress->total,
		progress->what, rate, left, progress->is_terminal ? "\033[K" : "\n");
	fflush(stderr);
}

void progress_step(Progress *progress, size_t done)
{
	int64_t now_ms = clock_ms();

	progress->done += done;
	if (progress->done > progress->total)
		progress->total = progress->done; /* mail that arrived since it was counted */
	if (now_ms - progress->shown_ms < (progress->is_terminal ? BAR_EVERY_MS : LINE_EVERY_MS))
		return;
	progress->shown_ms = now_ms;
	show(progress, now_ms);
}

void progress_end(Progress *progress)
{
	if (progress->is_terminal)
		fputs("\r\033[K", stderr);
}
