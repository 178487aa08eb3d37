#include "commands/log_line.h"

#include <string.h>
#include <time.h>

#include "base/json_read.h"
#include "base/printable.h"

enum {
	FIELD_BYTES = 1000
};

typedef struct Reading {
	LogLine *read;
	Arena *arena;
} Reading;

static const char *keep(const Reading *reading, Slice value)
{
	return printable_copy(value, FIELD_BYTES, reading->arena);
}

/* What has the same name in both. */
static void take_word(const Reading *reading, Slice name, Slice value)
{
	LogLine *read = reading->read;

	if (slice_equal(name, SLICE("user")))
		read->user = keep(reading, value);
	else if (slice_equal(name, SLICE("script")))
		read->script = keep(reading, value);
	else if (slice_equal(name, SLICE("folder")))
		read->folder = keep(reading, value);
	else if (slice_equal(name, SLICE("result")))
		read->result = keep(reading, value);
}

static uint64_t number(Slice value)
{
	uint64_t result = 0;

	for (size_t i = 0;
	     i < value.length && value.data[i] >= '0' && value.data[i] <= '9' && result < UINT64_MAX / 20;
	     i++)
		result = result * 10 + (uint64_t)(value.data[i] - '0');
	return result;
}

static bool is_date(Slice text)
{
	static const char shape[] = "dddd-dd-dd";

	if (text.length < sizeof shape - 1)
		return false;
	for (size_t i = 0; i < sizeof shape - 1; i++)
		if (shape[i] == 'd' ? text.data[i] < '0' || text.data[i] > '9' : text.data[i] != shape[i])
			return false;
	return true;
}

/* ---- JSON ---- */

static void member(void *self, Slice name, Slice value, bool is_string)
{
	const Reading *reading = self;
	LogLine *read = reading->read;

	if (!is_string && slice_equal(name, SLICE("size_bytes")))
		read->size_bytes = number(value);
	else if (!is_string && slice_equal(name, SLICE("duration_us")))
		read->duration_us = number(value);
	else if (!is_string && slice_equal(name, SLICE("line")))
		read->line = (uint32_t)number(value);
	else if (!is_string)
		return;
	else if (slice_equal(name, SLICE("time")) && is_date(value))
		read->day = keep(reading, slice(value.data, 10));
	else
		take_word(reading, name, value);
}

/* ---- syslog ---- */

/* "Nov 24 ..." */
static const char *day_without_year(Slice line, int64_t now, Arena *arena)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const time_t time = (time_t)now;
	struct tm today;
	uint64_t day;
	int month;

	if (line.length < 6 || line.data[3] != ' ')
		return "";
	for (month = 0; month < 12 && memcmp(months + 3 * month, line.data, 3) != 0; month++)
		continue;
	day = number(line.data[4] == ' ' ? slice(line.data + 5, 1) : slice(line.data + 4, 2));
	if (month == 12 || day < 1 || day > 31 || !localtime_r(&time, &today))
		return "";
	/* A day of tomorrow is one of a clock that is a little ahead. */
	if (month > today.tm_mon || (month == today.tm_mon && (int)day > today.tm_mday + 1))
		today.tm_year--;
	return arena_printf(arena, "%04d-%02d-%02d", today.tm_year + 1900, month + 1, (int)day);
}

/* "msgid=<a@b>", or with quotes and backslashes; moves behind it and its comma. */
static bool take_field(Slice *rest, Slice *name, Text *value)
{
	const char *equals = memchr(rest->data, '=', rest->length);
	size_t at;

	if (!equals)
		return false;
	*name = slice(rest->data, (size_t)(equals - rest->data));
	text_reset(value);
	at = name->length + 1;
	if (at < rest->length && rest->data[at] == '"') {
		for (at++; at < rest->length && rest->data[at] != '"'; at++) {
			if (rest->data[at] == '\\' && at + 1 < rest->length)
				at++;
			text_append_char(value, rest->data[at]);
		}
		at++;
	} else {
		for (; at < rest->length && rest->data[at] != ','; at++)
			text_append_char(value, rest->data[at]);
	}
	*rest = slice_from(*rest, at);
	while (rest->length && (*rest->data == ',' || *rest->data == ' '))
		*rest = slice_from(*rest, 1);
	return true;
}

static void field(Reading *reading, Slice name, Slice value)
{
	LogLine *read = reading->read;
	const char *dot;

	if (slice_equal(name, SLICE("size"))) {
		read->size_bytes = number(value);
	} else if (slice_equal(name, SLICE("line"))) {
		read->line = (uint32_t)number(value);
	} else if (slice_equal(name, SLICE("ms"))) {
		dot = memchr(value.data, '.', value.length);
		read->duration_us = number(value) * 1000;
		if (dot)
			read->duration_us += number(slice_from(value, (size_t)(dot - value.data) + 1));
	} else {
		take_word(reading, name, value);
	}
}

/* Where the program's own text begins: behind "trommel[123]: " or "trommel: ". */
static bool find_text(Slice line, Slice *text)
{
	const char *at = memmem(line.data, line.length, "trommel", 7);
	const char *colon = at ? memmem(at, (size_t)(line.data + line.length - at), ": ", 2) : NULL;

	if (!colon)
		return false;
	*text = slice_from(line, (size_t)(colon - line.data) + 2);
	return text->length > 5 && memcmp(text->data, "user=", 5) == 0;
}

static bool read_syslog(Slice line, int64_t now, Reading *reading)
{
	AUTO_VALUE(Text) value = { 0 };
	Slice rest, name;

	if (!find_text(line, &rest))
		return false;
	reading->read->day = is_date(line) ? keep(reading, slice(line.data, 10))
					   : day_without_year(line, now, reading->arena);
	while (rest.length && take_field(&rest, &name, &value))
		field(reading, name, text_slice(&value));
	return true;
}

bool log_line_read(Slice line, int64_t now, Arena *arena, LogLine *read)
{
	Reading reading = { read, arena };

	*read = (LogLine){ .day = "", .user = "", .script = "", .folder = "", .result = "" };
	while (line.length && (*line.data == ' ' || *line.data == '\t'))
		line = slice_from(line, 1);
	while (line.length && (line.data[line.length - 1] == '\n' || line.data[line.length - 1] == '\r'))
		line.length--;
	if (line.length && *line.data == '{' ? !json_read_object(line, member, &reading)
					     : !read_syslog(line, now, &reading))
		return false;
	return *read->result != '\0';
}
