/* What a run of `trommel refile` writes into its log is what is read from it; and whatever stands in one, its
 * lines can be taken apart, its keys are in order, and a last line without its end is gone
 * (commands/refile_log.h).
 *
 * The first byte says which: even, and the rest chooses lines; odd, and it is the log. */
#include "fuzz_files.h"

#include "commands/refile_log.h"

enum {
	LINES_MAX = 8
};

static void open_run(RefileLog *log, int place)
{
	Failure why = { 0 };

	LAW(refile_log_open(log, place, fuzz_place(), "run", 0, &why), "%s", why.text);
}

/* ---- what was written ---- */

typedef struct Written {
	char kind;
	const char *fields[LOG_FIELDS + 1];
} Written;

static void choose_line(FuzzChoices *choices, Written *line, Arena *arena)
{
	static const char kinds[] = "oBmscatERFU";
	size_t count = fuzz_choose(choices, LOG_FIELDS + 1);

	line->kind = kinds[fuzz_choose(choices, sizeof kinds - 1)];
	for (size_t i = 0; i < count; i++)
		line->fields[i] = fuzz_string(choices, 30, arena);
}

static void write_and_read(FuzzChoices *choices, int place)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) text = { 0 };
	Written written[LINES_MAX] = { 0 };
	size_t count = fuzz_choose(choices, LINES_MAX + 1);
	RefileLog log;
	Failure why = { 0 };
	LogLine line;

	open_run(&log, place);
	for (size_t i = 0; i < count; i++) {
		choose_line(choices, &written[i], arena);
		refile_log_add(&log, written[i].kind, written[i].fields);
	}
	LAW(refile_log_flush(&log, &why), "%s", why.text);
	refile_log_close(&log);
	open_run(&log, place);
	LAW(log.count == count);
	for (size_t i = 0; i < count; i++) {
		refile_log_line(&log, i, &line, &text);
		LAW(line.kind == written[i].kind);
		for (size_t k = 0; k < LOG_FIELDS; k++)
			LAW_SAME(slice_of(line.fields[k]),
				 slice_of(written[i].fields[k] ? written[i].fields[k] : ""));
	}
	refile_log_close(&log);
}

/* ---- whatever stands there ---- */

static void look_at_lines(const RefileLog *log, Slice whole)
{
	AUTO_VALUE(Text) text = { 0 };
	LogLine line;

	for (size_t i = 0; i < log->count; i++) {
		LAW(log->lines[i] < whole.length);
		refile_log_line(log, i, &line, &text);
		for (size_t k = 0; k < LOG_FIELDS; k++)
			LAW(line.fields[k] >= text.data &&
			    line.fields[k] + strlen(line.fields[k]) <= text.data + text.length);
	}
}

static void look_at_keys(RefileLog *log, const char *which)
{
	uint64_t *keys = NULL;
	size_t count = refile_log_keys(log, which, &keys);

	LAW(count <= log->count);
	for (size_t i = 1; i < count; i++)
		LAW(keys[i - 1] <= keys[i]);
	free(keys);
}

static void read_any(Slice input, int place, int run)
{
	const char *end = memrchr(input.data, '\n', input.length);
	Slice whole = slice(input.data, end ? (size_t)(end - input.data) + 1 : 0);
	AUTO_VALUE(Text) left = { 0 };
	RefileLog log;

	fuzz_write(run, "log", input);
	open_run(&log, place);
	look_at_lines(&log, whole);
	LAW(refile_log_open_batch(&log) <= log.count);
	look_at_keys(&log, NULL);
	look_at_keys(&log, "taken");
	refile_log_close(&log);
	fuzz_read(run, "log", &left);
	LAW_SAME(text_slice(&left), whole);
}

static void fuzz(Slice input)
{
	FuzzChoices choices = { input };
	auto_fd int place = fuzz_directory();
	LAW(mkdirat(place, "run", 0700) == 0);
	auto_fd int run = openat(place, "run", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fuzz_choose(&choices, 2))
		read_any(choices.rest, place, run);
	else
		write_and_read(&choices, place);
}
