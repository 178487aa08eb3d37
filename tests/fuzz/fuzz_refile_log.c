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

static bool ends_batch(const Written *line)
{
	return line->kind == 'E' || line->kind == 'R';
}

static void look_at_line(const LogReader *reader, size_t number, const Written *written)
{
	AUTO_VALUE(Text) text = { 0 };
	LogLine line;

	refile_log_line(reader, number, &line, &text);
	LAW(line.kind == written->kind && refile_log_kind(reader, number) == written->kind);
	for (size_t k = 0; k < LOG_FIELDS; k++)
		LAW_SAME(slice_of(line.fields[k]), slice_of(written->fields[k] ? written->fields[k] : ""));
}

/* A batch is from a "B" to what ends it: an "E" or "R", or the next "B". */
static void look_at_batches(const RefileLog *log, const Written *written, size_t count)
{
	LogReader reader;
	Failure why = { 0 };
	size_t at = 0;

	LAW(refile_log_read(log, 0, &reader, &why), "%s", why.text);
	while (refile_log_next(&reader, &why)) {
		while (at < count && written[at].kind != 'B')
			at++;
		for (size_t i = 0; i < reader.count; i++, at++) {
			LAW(at < count && (i == 0) == (written[at].kind == 'B') && !ends_batch(&written[at]));
			look_at_line(&reader, i, &written[at]);
		}
		LAW(at == count || written[at].kind == 'B' || ends_batch(&written[at]));
		LAW(reader.end == (at < count && ends_batch(&written[at]) ? written[at].kind : 0));
	}
	LAW(why.kind == FAILURE_NONE, "%s", why.text);
	while (at < count)
		LAW(written[at++].kind != 'B');
	refile_log_read_end(&reader);
}

static void look_at_state(const RefileLog *log, const Written *written, size_t count)
{
	bool finished = false, undone = false, open = false;

	for (size_t i = 0; i < count; i++) {
		finished |= written[i].kind == 'F';
		undone |= written[i].kind == 'U';
		open = written[i].kind == 'B' || (open && !ends_batch(&written[i]));
	}
	LAW(log->finished == finished && log->undone == undone);
	LAW((log->open_batch != LOG_NO_BATCH) == open);
	LAW(refile_log_is_empty(log) == (count == 0));
}

static void write_and_read(FuzzChoices *choices, int place)
{
	AUTO(Arena) arena = arena_new();
	Written written[LINES_MAX] = { 0 };
	size_t count = fuzz_choose(choices, LINES_MAX + 1);
	RefileLog log;
	Failure why = { 0 };

	open_run(&log, place);
	for (size_t i = 0; i < count; i++) {
		choose_line(choices, &written[i], arena);
		refile_log_add(&log, written[i].kind, written[i].fields);
	}
	LAW(refile_log_flush(&log, &why), "%s", why.text);
	refile_log_close(&log);
	open_run(&log, place);
	look_at_state(&log, written, count);
	look_at_batches(&log, written, count);
	refile_log_close(&log);
}

/* ---- whatever stands there ---- */

static void take_apart(const LogReader *reader)
{
	AUTO_VALUE(Text) text = { 0 };
	LogLine line;

	LAW(reader->count > 0 && refile_log_kind(reader, 0) == 'B');
	LAW(reader->end == 0 || reader->end == 'E' || reader->end == 'R');
	for (size_t i = 0; i < reader->count; i++) {
		refile_log_line(reader, i, &line, &text);
		for (size_t k = 0; k < LOG_FIELDS; k++)
			LAW(line.fields[k] >= text.data &&
			    line.fields[k] + strlen(line.fields[k]) <= text.data + text.length);
	}
}

/* How many lines are in batches. */
static size_t take_all_apart(const RefileLog *log, off_t from)
{
	LogReader reader;
	Failure why = { 0 };
	size_t lines = 0;

	LAW(refile_log_read(log, from, &reader, &why), "%s", why.text);
	for (; refile_log_next(&reader, &why); lines += reader.count)
		take_apart(&reader);
	LAW(why.kind == FAILURE_NONE, "%s", why.text);
	refile_log_read_end(&reader);
	return lines;
}

static void look_at_keys(const RefileLog *log, const char *which, size_t lines)
{
	uint64_t *keys = NULL;
	Failure why = { 0 };
	size_t count;

	LAW(refile_log_keys(log, which, &keys, &count, &why), "%s", why.text);
	LAW(count <= lines);
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
	size_t lines;

	fuzz_write(run, "log", input);
	open_run(&log, place);
	lines = take_all_apart(&log, 0);
	LAW(log.open_batch == LOG_NO_BATCH ||
	    (log.open_batch < (off_t)whole.length && whole.data[log.open_batch] == 'B'));
	if (log.open_batch != LOG_NO_BATCH)
		LAW(take_all_apart(&log, log.open_batch) > 0);
	look_at_keys(&log, NULL, lines);
	look_at_keys(&log, "taken", lines);
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
