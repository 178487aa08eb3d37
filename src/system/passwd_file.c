#include "system/passwd_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "base/slice.h"

enum {
	BUFFER_BYTES = 8192, /* a longer line is left to libc */
	FIELDS = 7
};

typedef struct LineReader {
	int fd;
	size_t start, end; /* of what is not yet given out */
	char buffer[BUFFER_BYTES];
} LineReader;

static bool open_lines(LineReader *reader, const char *path)
{
	reader->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	reader->start = reader->end = 0;
	return reader->fd >= 0;
}

static bool fill(LineReader *reader)
{
	ssize_t got;

	memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
	reader->end -= reader->start;
	reader->start = 0;
	if (reader->end == BUFFER_BYTES)
		return false;
	do
		got = read(reader->fd, reader->buffer + reader->end, BUFFER_BYTES - reader->end);
	while (got < 0 && errno == EINTR);
	if (got > 0)
		reader->end += (size_t)got;
	return got > 0;
}

/* The next whole line without its LF.  A last line without one is not trusted: somebody is writing it. */
static bool next_line(LineReader *reader, Slice *line)
{
	for (;;) {
		char *at = reader->buffer + reader->start;
		char *end = memchr(at, '\n', reader->end - reader->start);

		if (end) {
			*line = slice(at, (size_t)(end - at));
			reader->start += line->length + 1;
			return true;
		}
		if (!fill(reader))
			return false;
	}
}

static Slice next_word(Slice *rest)
{
	Slice word;

	*rest = ascii_trim(*rest);
	word = slice(rest->data, 0);
	while (word.length < rest->length && !ascii_is_space(word.data[word.length]))
		word.length++;
	*rest = slice_from(*rest, word.length);
	return word;
}

/* "passwd: files ...", not "passwd: files [SUCCESS=continue] ..." or anything else. */
static bool is_files_first(Slice line)
{
	Slice word = next_word(&line);

	if (!slice_equal(word, SLICE("passwd:")) || !slice_equal(next_word(&line), SLICE("files")))
		return false;
	word = next_word(&line);
	return word.length == 0 || (word.data[0] != '[');
}

static bool files_come_first(const char *path)
{
	LineReader reader;
	bool found = false;
	Slice line;

	if (!open_lines(&reader, path))
		return false;
	while (!found && next_line(&reader, &line))
		found = is_files_first(line);
	close(reader.fd);
	return found;
}

static bool split(Slice line, Slice fields[FIELDS])
{
	for (int i = 0; i < FIELDS - 1; i++) {
		const char *colon = memchr(line.data, ':', line.length);

		if (!colon)
			return false;
		fields[i] = slice(line.data, (size_t)(colon - line.data));
		line = slice_from(line, fields[i].length + 1);
	}
	fields[FIELDS - 1] = line;
	return memchr(line.data, ':', line.length) == NULL;
}

static bool read_id(Slice digits, unsigned *id)
{
	uint64_t value;

	if (!ascii_read_number(digits, UINT32_MAX - 1, &value)) /* (uid_t)-1 is nobody's */
		return false;
	*id = (unsigned)value;
	return true;
}

static bool is_wanted_name(Slice line, const char *name, size_t length)
{
	return line.length > length && line.data[length] == ':' && memcmp(line.data, name, length) == 0;
}

/* Lines that are nobody's: libc passes over them as well. */
static bool is_no_account(Slice line)
{
	return line.length == 0 || line.data[0] == '#' || line.data[0] == '+' || line.data[0] == '-';
}

/* Reads the numbers of a line that is as it should be. */
static bool read_plain(Slice line, Slice fields[FIELDS], unsigned *uid, unsigned *gid)
{
	return !ascii_is_control(line.data[0]) && line.data[0] != ' ' &&
	       !memchr(line.data, '\0', line.length) && split(line, fields) && read_id(fields[2], uid) &&
	       read_id(fields[3], gid);
}

/* False: not this line.  `*odd`: one that may be for the wanted name or uid and is not as it should be, which
 * libc may read all the same (it forgives blanks, signs and more). */
static bool matches(Slice line, const char *name, size_t length, uid_t uid, User *user, bool *odd)
{
	Slice fields[FIELDS];
	unsigned line_uid, line_gid;

	if (name && !is_wanted_name(line, name, length))
		return false;
	if (is_no_account(line)) {
		*odd = name != NULL;
		return false;
	}
	if (!read_plain(line, fields, &line_uid, &line_gid)) {
		*odd = true;
		return false;
	}
	if (!name && line_uid != uid)
		return false;
	*user = (User){
		.name = memory_copy_bytes(fields[0].data, fields[0].length),
		.home = memory_copy_bytes(fields[5].data, fields[5].length),
		.shell = memory_copy_bytes(fields[6].data, fields[6].length),
		.uid = line_uid,
		.gid = line_gid,
	};
	return true;
}

bool passwd_file_find(const PasswdFiles *files, const char *name, uid_t uid, User *user)
{
	size_t length = name ? strlen(name) : 0;
	bool found = false, odd = false;
	LineReader reader;
	Slice line;

	/* "ann:x" is nobody, though a line begins so. */
	if ((name && strchr(name, ':')) || !files_come_first(files->nsswitch) ||
	    !open_lines(&reader, files->passwd))
		return false;
	while (!found && !odd && next_line(&reader, &line))
		found = matches(line, name, length, uid, user, &odd);
	close(reader.fd);
	return found;
}
