#include "mailbox/from_line.h"

#include "base/ascii.h"
#include "message/date.h"
#include "message/header.h"

static const char days[] = "SunMonTueWedThuFriSat";
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

enum {
	LONGEST = 1000 /* of a line that is looked at: addresses end at 320 */
};

static bool begins(Slice line, const char *prefix)
{
	size_t length = strlen(prefix);

	return line.length >= length && memcmp(line.data, prefix, length) == 0;
}

static Slice first_line(Slice bytes)
{
	const char *end = bytes.length ? memchr(bytes.data, '\n', bytes.length) : NULL;

	return end ? slice(bytes.data, (size_t)(end - bytes.data)) : bytes;
}

/* The next word of `rest`, which loses it. */
static Slice next_word(Slice *rest)
{
	size_t start = 0, end;
	Slice word;

	while (start < rest->length && ascii_is_space(rest->data[start]))
		start++;
	end = start;
	while (end < rest->length && !ascii_is_space(rest->data[end]))
		end++;
	word = slice(rest->data + start, end - start);
	*rest = slice_from(*rest, end);
	return word;
}

static bool is_one_of(Slice word, const char *names)
{
	for (; word.length >= 3 && *names; names += 3)
		if (ascii_equal_fold(slice(word.data, 3), slice(names, 3)))
			return word.length == 3 || word.data[3] == ',';
	return false;
}

/* "12:00" or "12:00:00" */
static bool is_time(Slice word)
{
	size_t colon = word.length > 2 && ascii_is_digit(word.data[1]) ? 2 : 1;

	return word.length >= colon + 3 && ascii_is_digit(word.data[0]) && word.data[colon] == ':' &&
	       ascii_is_digit(word.data[colon + 1]) && ascii_is_digit(word.data[colon + 2]);
}

static bool is_year(Slice word)
{
	for (size_t i = 0; i < word.length; i++)
		if (!ascii_is_digit(word.data[i]))
			return false;
	return word.length == 4;
}

static Slice without_from(Slice line)
{
	line = first_line(line);
	return slice_from(slice(line.data, line.length < LONGEST ? line.length : LONGEST), 5);
}

/* Where the date begins, at the day of the week, in what is behind the sender. */
static FromLineKind look(Slice line, Slice *date)
{
	bool day = false, month = false, time = false, year = false;
	Slice rest = without_from(line);

	for (Slice word = next_word(&rest); word.length; word = next_word(&rest)) {
		if (!day && is_one_of(word, days)) {
			day = true;
			*date = slice(word.data, word.length + rest.length);
		}
		month = month || is_one_of(word, months);
		time = time || is_time(word);
		year = year || is_year(word);
	}
	return day && month && time && year ? FROM_LINE_FULL : time ? FROM_LINE_ODD : FROM_LINE_NONE;
}

FromLineKind from_line_kind(Slice line)
{
	Slice date;

	return begins(line, "From ") ? look(line, &date) : FROM_LINE_NONE;
}

/* Up to the first blank, or to the closing quote of a quoted local part. */
static Slice sender_of(Slice line)
{
	bool quoted = false;
	size_t end = 0;

	while (end < line.length && (quoted || !ascii_is_space(line.data[end]))) {
		if (line.data[end] == '\\' && end + 1 < line.length)
			end++;
		else if (line.data[end] == '"')
			quoted = !quoted;
		end++;
	}
	return slice(line.data, end);
}

FromLine from_line_read(Slice line)
{
	FromLine read = { .sender = slice("", 0) };
	MailDate date;
	Slice text = slice("", 0);

	if (!begins(line, "From "))
		return read;
	read.kind = look(line, &text);
	read.sender = sender_of(ascii_trim(without_from(line)));
	if (text.length && date_parse(text, &date)) {
		read.has_date = true;
		read.date = date.seconds;
	}
	return read;
}

bool from_line_header_follows(Slice bytes)
{
	Slice line = first_line(bytes);

	return ascii_trim(line).length == 0 || header_name_length(line) > 0 || begins(line, ">From ");
}
