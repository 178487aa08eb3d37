/* refile_log_read - the log of a run read batch by batch
 *
 * It has several lines for each message, so it is never in memory as a whole. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "commands/refile_log.h"

/* --- lines --- */

static void unescape(char *field)
{
	char *to = field;

	for (const char *at = field; *at; at++) {
		int high = *at == '%' ? ascii_hex_value(at[1]) : -1;
		int low = high < 0 ? -1 : ascii_hex_value(at[2]);

		*to++ = low < 0 ? *at : (char)((unsigned)high << 4 | (unsigned)low);
		at += low < 0 ? 0 : 2;
	}
	*to = '\0';
}

void refile_log_line(const LogReader *reader, size_t number, LogLine *line, Text *text)
{
	const char *begin = text_string(&reader->lines) + reader->starts[number];
	char *at;

	text_reset(text);
	text_append(text, begin, strcspn(begin, "\n"));
	text_append_char(text, '\0');
	line->kind = text->data[0];
	at = text->data + strcspn(text->data, "\t");
	for (size_t i = 0; i < LOG_FIELDS; i++) {
		bool is_last = !*at;

		*at = '\0';
		line->fields[i] = is_last ? at : ++at;
		at += strcspn(at, "\t");
	}
	*at = '\0';
	for (size_t i = 0; i < LOG_FIELDS; i++)
		unescape(line->fields[i]);
}

char refile_log_kind(const LogReader *reader, size_t number)
{
	return reader->lines.data[reader->starts[number]];
}

/* --- batches --- */

bool refile_log_read(const RefileLog *log, off_t from, LogReader *reader, Failure *why)
{
	auto_fd int fd = openat(log->dir_fd, "log", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	*reader = (LogReader){ .file = fd < 0 ? NULL : fdopen(fd, "r"), .id = log->id };
	if (reader->file)
		(void)TAKE_FD(fd);
	return (reader->file && fseeko(reader->file, from, SEEK_SET) == 0) ||
	       failure_errno(why, "read the log of the run '%s'", log->id);
}

bool refile_log_read_end(LogReader *reader)
{
	const bool whole = !reader->failed;

	if (reader->file)
		fclose(reader->file);
	free(reader->bytes);
	free(reader->starts);
	text_clear(&reader->lines);
	*reader = (LogReader){ 0 };
	return whole;
}

/* A last line without its end was never on disk, and what it says has not happened. */
static bool next_line(LogReader *reader, Failure *why)
{
	if (reader->holds) {
		reader->holds = false;
		return true;
	}
	reader->length = getline(&reader->bytes, &reader->room, reader->file);
	reader->failed = reader->length < 0 && !feof(reader->file); /* not for want of memory, either */
	if (reader->failed)
		return failure_errno(why, "read the log of the run '%s'", reader->id);
	return reader->length > 0 && reader->bytes[reader->length - 1] == '\n';
}

static void add_line(LogReader *reader)
{
	MEMORY_GROW(reader->starts, reader->count, reader->capacity);
	reader->starts[reader->count++] = reader->lines.length;
	text_append(&reader->lines, reader->bytes, (size_t)reader->length);
}

bool refile_log_next(LogReader *reader, Failure *why)
{
	text_reset(&reader->lines);
	reader->count = 0;
	reader->end = 0;
	while (next_line(reader, why)) {
		const char kind = *reader->bytes;

		if (kind == 'B' && reader->count > 0) {
			reader->holds = true;
			return true;
		}
		if (reader->count > 0 && (kind == 'E' || kind == 'R')) {
			reader->end = kind;
			return true;
		}
		if (reader->count > 0 || kind == 'B')
			add_line(reader);
	}
	return reader->count > 0 && !reader->failed;
}

/* --- all of it --- */

static void note_line(RefileLog *log, const LogReader *reader, off_t at)
{
	const char kind = *reader->bytes;

	log->finished |= kind == 'F';
	log->undone |= kind == 'U';
	if (kind == 'B')
		log->open_batch = at;
	else if (kind == 'E' || kind == 'R')
		log->open_batch = LOG_NO_BATCH;
	else if (kind == 't') {
		const char *number = strrchr(reader->bytes, '\t');
		size_t taken = number ? strtoull(number, NULL, 10) : 0;

		log->last_taken = taken > log->last_taken ? taken : log->last_taken;
	}
}

bool refile_log_look(RefileLog *log, Failure *why)
{
	LogReader reader;
	off_t whole = 0;
	bool done = refile_log_read(log, 0, &reader, why);

	log->open_batch = LOG_NO_BATCH;
	while (done && next_line(&reader, why)) {
		note_line(log, &reader, whole);
		whole += reader.length;
	}
	return refile_log_read_end(&reader) && done &&
	       (ftruncate(log->fd, whole) == 0 ||
		failure_errno(why, "mend the log of the run '%s'", log->id));
}

bool refile_log_is_empty(const RefileLog *log)
{
	char start[64];
	ssize_t got = pread(log->fd, start, sizeof start, 0);

	return got == 0 || (got > 0 && got < (ssize_t)sizeof start && !memchr(start, '\n', (size_t)got));
}

static int by_key(const void *a, const void *b)
{
	const uint64_t *one = a, *other = b;

	return *one < *other ? -1 : *one > *other;
}

bool refile_log_keys(const RefileLog *log, const char *which, uint64_t **keys, size_t *count, Failure *why)
{
	AUTO_VALUE(Text) text = { 0 };
	size_t capacity = 0;
	LogReader reader;
	LogLine line;
	bool done = refile_log_read(log, 0, &reader, why);

	*count = 0;
	while (done && refile_log_next(&reader, why))
		for (size_t i = 0; i < reader.count && reader.end == 'E'; i++) {
			if (refile_log_kind(&reader, i) != 'm')
				continue;
			refile_log_line(&reader, i, &line, &text);
			if (which && strcmp(line.fields[1], which) != 0)
				continue;
			MEMORY_GROW(*keys, *count, capacity);
			(*keys)[(*count)++] = strtoull(line.fields[0], NULL, 16);
		}
	if (*count)
		qsort(*keys, *count, sizeof **keys, by_key);
	return refile_log_read_end(&reader) && done;
}
