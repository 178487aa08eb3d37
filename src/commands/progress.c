#include "commands/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "commands/style.h"

enum {
	BAR_EVERY_MS = 100,
	LINE_EVERY_MS = 10000,
	BAR_WIDTH = 30,
	BAR_WIDTH_LEAST = 10 /* a shorter one tells nothing */
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

/* On one line, whatever goes there: one that goes on in the next would stay when it is written anew.  The
 * terminal may be made wider or narrower while we work. */
static void show_bar(const Progress *progress, const char *text)
{
	const size_t columns = style_columns(STDERR_FILENO), needed = strlen(text) + strlen("[] ") + 1;
	size_t width = columns > needed ? columns - needed : 0;
	size_t filled;

	if (width > BAR_WIDTH)
		width = BAR_WIDTH;
	filled = progress->total ? progress->done * width / progress->total : width;
	fputc('\r', stderr);
	if (width >= BAR_WIDTH_LEAST)
		fprintf(stderr, "[%.*s%*s] ", (int)filled, "##############################",
			(int)(width - filled), "");
	fprintf(stderr, "%.*s\033[K", (int)columns - 1, text);
}

static void show(const Progress *progress, int64_t now_ms)
{
	char text[160];
	double seconds = (double)(now_ms - progress->begun_ms + 1) / 1000;
	double rate = (double)progress->done / seconds;
	double left = rate > 0 ? (double)(progress->total - progress->done) / rate : 0;

	snprintf(text, sizeof text, "%zu of %zu %s, %.0f a second, %.0f s left", progress->done,
		 progress->total, progress->what, rate, left);
	if (progress->is_terminal)
		show_bar(progress, text);
	else
		fprintf(stderr, "%s\n", text);
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
