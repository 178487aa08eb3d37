#include "mailbox/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/printable.h"
#include "base/text.h"
#include "mailbox/source_walk.h"
#include "message/header.h"
#include "message/limits.h"

enum {
	BEGINNING_BYTES = 4096, /* the longest From_ line and what follows; the head of an archive */
	REMARKS = 20,           /* on one mbox: who reads more? */
	REMARK_BYTES = 200
};

/* --- a message --- */

static bool tell(SourceWalk *walk, const SourcePlace *place, Sourced *it, Failure *why)
{
	FromLine line = from_line_read(it->message->from_line);

	it->name = place->name;
	it->folder = place->folder;
	it->sender = line.sender;
	it->has_received = line.has_date || place->has_time;
	it->received = line.has_date ? line.date : place->time;
	it->flags = (const char *const *)walk->flags.items;
	it->flag_count = walk->flags.count;
	walk->visited++;
	walk->stopped = !walk->visit(walk->self, it, why);
	return !walk->stopped;
}

/* A large message of a pipe is written to a file first. */
static bool spool(SourceInput *input, int to, off_t *size, Failure *why)
{
	for (*size = 0; input_fill(input, 1, why);) {
		Slice window = input_window(input);

		if (!window.length)
			return input->end < 0 || input->offset == input->end ||
			       failure_retry(why, "it ends too early");
		if (!io_write(to, window.data, window.length))
			return failure_errno(why, "make room for a large message");
		*size += (off_t)window.length;
		input_take(input, window.length);
	}
	return false;
}

static bool take_large(SourceInput *input, Message *message, int *spooled, Failure *why)
{
	off_t from = input->offset, size = input->end - from;

	if (input->seekable)
		return message_from_file(message, input->fd, from, size, why) && input_skip(input, size, why);
	*spooled = input_spool(why);
	return *spooled >= 0 && spool(input, *spooled, &size, why) &&
	       message_from_file(message, *spooled, 0, size, why);
}

static bool walk_message(SourceWalk *walk, const SourcePlace *place, Failure *why)
{
	AUTO_VALUE(Message) message = { .fd = -1, .spool_fd = -1 };
	SourceInput *input = &walk->input;
	auto_fd int spooled = -1;
	Sourced it = { .message = &message, .path = place->path, .offset = input->offset };

	if (!input_fill(input, LIMIT_MEMORY_BYTES + 1, why))
		return failure_add(why, "'%s'", place->name);
	it.length = (off_t)input_window(input).length;
	if (it.length <= LIMIT_MEMORY_BYTES && input->end > it.offset + it.length)
		return failure_retry(why, "'%s' ends too early", place->name);
	if (it.length <= LIMIT_MEMORY_BYTES)
		message_from_bytes(&message, input_window(input));
	else if (!take_large(input, &message, &spooled, why))
		return failure_add(why, "'%s'", place->name);
	else
		it.length = input->offset - it.offset;
	if (place->of_maildir)
		walk_flags_of_name(&walk->flags, place->name, place->folder_fd);
	return tell(walk, place, &it, why);
}

/* --- an mbox --- */

typedef struct Doubter {
	SourceWalk *walk;
	const char *name;
} Doubter;

static void doubt(void *self, const MboxDoubt *it)
{
	Doubter *doubter = self;
	AUTO_VALUE(Text) text = { 0 };

	if (doubter->walk->remarks++ >= REMARKS)
		return;
	printable_append(&text, slice_of(doubter->name), REMARK_BYTES);
	text_printf(&text, ": byte %lld: taken as %s, though %s: ", (long long)it->offset,
		    it->is_separator ? "the beginning of a message" : "text", it->why);
	printable_append(&text, it->line, REMARK_BYTES);
	doubter->walk->options->remark(doubter->walk->self, text_string(&text));
}

static void tell_how_many(SourceWalk *walk, const char *name)
{
	AUTO_VALUE(Text) text = { 0 };

	if (walk->remarks <= REMARKS)
		return;
	printable_append(&text, slice_of(name), REMARK_BYTES);
	text_printf(&text, ": %zu more such lines", walk->remarks - REMARKS);
	walk->options->remark(walk->self, text_string(&text));
}

static bool walk_mbox(SourceWalk *walk, const SourcePlace *place, Failure *why)
{
	AUTO_VALUE(MboxReader) reader = { .spool = -1 };
	Doubter doubter = { walk, place->name };
	bool found = true;

	mbox_reader_init(&reader, &walk->input);
	reader.doubt = walk->options->remark ? doubt : NULL;
	reader.self = &doubter;
	walk->remarks = 0;
	for (size_t number = 1; found; number++) {
		Sourced it = { .number = number };
		MboxItem item;

		if (!mbox_reader_next(&reader, &item, &found, why))
			return failure_add(why, "'%s', message %zu", place->name, number);
		if (!found)
			break;
		it.message = item.message;
		it.offset = item.offset;
		it.length = item.length;
		it.form = reader.form;
		names_clear(&walk->flags);
		walk_flags_of_header(&walk->flags, item.message->header);
		if (!tell(walk, place, &it, why))
			return false;
	}
	tell_how_many(walk, place->name);
	return true;
}

/* --- what it is --- */

static const char *compression(Slice beginning)
{
	static const struct {
		const char *magic, *program;
	} known[] = {
		{ "\x1f\x8b", "gzip -dc" },
		{ "BZh", "bzip2 -dc" },
		{ "\xfd"
		  "7zXZ",
		  "xz -dc" },
		{ "\x28\xb5\x2f\xfd", "zstd -dc" },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (beginning.length > strlen(known[i].magic) &&
		    memcmp(beginning.data, known[i].magic, strlen(known[i].magic)) == 0)
			return known[i].program;
	return NULL;
}

static bool is_field(Slice line)
{
	return header_name_length(line) > 0;
}

static Slice take_line(Slice *bytes)
{
	const char *end = bytes->length ? memchr(bytes->data, '\n', bytes->length) : NULL;
	Slice line = slice(bytes->data, end ? (size_t)(end - bytes->data) : 0);

	*bytes = slice_from(*bytes, end ? line.length + 1 : bytes->length);
	return line;
}

/* Nobody has named it: is it mail?  What stands behind "From " need not be what an mbox has there. */
static bool looks_like_mail(Slice beginning)
{
	Slice rest = beginning, line = take_line(&rest);

	return mbox_reader_knows(beginning) || is_field(line) ||
	       (line.length > 5 && memcmp(line.data, "From ", 5) == 0 && is_field(take_line(&rest)));
}

bool walk_content(SourceWalk *walk, const SourcePlace *place, Failure *why)
{
	Slice beginning;
	const char *program;

	names_clear(&walk->flags);
	if (!input_fill(&walk->input, BEGINNING_BYTES, why))
		return failure_add(why, "'%s'", place->name);
	beginning = input_window(&walk->input);
	if (place->of_maildir)
		return walk_message(walk, place, why);
	/* An mbox that everything was taken out of. */
	if (beginning.length == 0)
		return true;
	if (!place->within && walk_knows_tar(beginning))
		return walk_tar(walk, place, why);
	if (place->is_found && !looks_like_mail(beginning))
		return true;
	if (mbox_reader_knows(beginning))
		return walk_mbox(walk, place, why);
	program = compression(beginning);
	if (program)
		return failure_retry(
			why,
			"'%s' is compressed; give '-' for it, and to standard input what '%s' makes of it",
			place->name, program);
	return walk_message(walk, place, why);
}

/* --- a file --- */

static bool walk_open_file(SourceWalk *walk, int fd, SourcePlace *place, Failure *why)
{
	struct stat file;

	if (!input_begin(&walk->input, fd, why))
		return failure_add(why, "'%s'", place->name);
	if (walk->until >= 0 && walk->input.end > walk->until)
		walk->input.end = walk->input.size = walk->until;
	if (fstat(fd, &file) == 0 && S_ISREG(file.st_mode)) {
		place->has_time = true;
		place->time = file.st_mtim.tv_sec;
	}
	return walk_content(walk, place, why);
}

/* --- an mbox that is locked --- */

/* By its own name: a link to it has no locks. */
static bool find_mbox(const SourceWalk *walk, const char *name, Mbox *mbox, Failure *why)
{
	auto_free char *path = realpath(name, NULL);
	char *slash = path ? strrchr(path, '/') : NULL;
	int dir;

	if (!path)
		return failure_errno(why, "find '%s'", name);
	*slash = '\0';
	dir = open(*path ? path : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	*slash = '/';
	if (dir < 0)
		return failure_errno(why, "open the directory of '%s'", name);
	return mbox_init(mbox, walk->options->lock_as, dir, path, why);
}

/* As the delivery locks it; what is read is the file that was locked. */
static bool walk_while_locked(SourceWalk *walk, Mbox *mbox, SourcePlace *place, Failure *why)
{
	return mbox_lock_all((Mbox *[]){ mbox }, 1, why) && walk_open_file(walk, mbox->fd, place, why) &&
	       (!walk->options->locked || walk->options->locked(walk->self, mbox, why));
}

/* Whoever appends has the lock: up to the end that the mbox has while it is ours all messages are whole. */
static bool walk_up_to_end(SourceWalk *walk, Mbox *mbox, int fd, SourcePlace *place, Failure *why)
{
	Failure not_usable;

	if (!walk->options->always_locked && !mbox_is_usable(mbox, &not_usable))
		return walk_open_file(walk, fd, place, why);
	if (!mbox_lock_all((Mbox *[]){ mbox }, 1, why))
		return false;
	/* Opened anew: a duplicate would keep the kernel's locks. */
	auto_fd int kept = mbox_open_file(mbox);
	walk->until = mbox->before.st_size;
	mbox_unlock(mbox);
	if (kept < 0)
		return failure_errno(why, "read '%s'", place->name);
	return walk_open_file(walk, kept, place, why);
}

static bool walk_locked(SourceWalk *walk, int fd, SourcePlace *place, Failure *why)
{
	Mbox mbox = { .fd = -1, .dir_fd = -1 };
	bool good = find_mbox(walk, place->name, &mbox, why);

	if (good && walk->options->briefly)
		good = walk_up_to_end(walk, &mbox, fd, place, why);
	else if (good)
		good = walk_while_locked(walk, &mbox, place, why);
	walk->until = -1;
	mbox_clear(&mbox);
	return good;
}

static bool look_for_mbox(int fd, const char *name, bool *is_mbox, Failure *why)
{
	char beginning[BEGINNING_BYTES];
	ssize_t got = io_read_at(fd, beginning, sizeof beginning, 0);

	*is_mbox = got > 0 && mbox_reader_knows(slice(beginning, (size_t)got));
	return got >= 0 || failure_errno(why, "read '%s'", name);
}

bool walk_file(SourceWalk *walk, int dir, const char *base, SourcePlace *place, Failure *why)
{
	auto_fd int fd = openat(dir, base, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat file;
	bool is_mbox = false;

	if (fd < 0 || fstat(fd, &file) < 0)
		return failure_errno(why, "read '%s'", place->name);
	if (!S_ISREG(file.st_mode))
		return place->is_found ||
		       failure_retry(why, "'%s' is neither a file nor a directory", place->name);
	if (!place->of_maildir && !look_for_mbox(fd, place->name, &is_mbox, why))
		return false;
	if (!is_mbox)
		place->path = place->name;
	else if (walk->options->lock_as)
		return walk_locked(walk, fd, place, why);
	return walk_open_file(walk, fd, place, why);
}

static bool walk_any(SourceWalk *walk, const char *path, Failure *why)
{
	SourcePlace place = { .name = path, .folder_fd = -1 };
	struct stat it;

	if (strcmp(path, "-") == 0)
		return walk_open_file(walk, STDIN_FILENO, &place, why);
	if (stat(path, &it) == 0 && S_ISDIR(it.st_mode))
		return walk_directory(walk, path, why);
	if (stat(path, &it) == 0 && S_ISFIFO(it.st_mode)) {
		auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			return failure_errno(why, "read '%s'", path);
		return walk_open_file(walk, fd, &place, why);
	}
	return walk_file(walk, AT_FDCWD, path, &place, why);
}

bool source_read(const char *path, const SourceOptions *options, SourceVisit visit, void *self, Failure *why)
{
	static const SourceOptions none;
	SourceWalk walk = { .options = options ? options : &none,
			    .visit = visit,
			    .self = self,
			    .input = { .fd = -1 },
			    .until = -1 };
	bool good = walk_any(&walk, path, why);

	input_clear(&walk.input);
	names_clear(&walk.flags);
	return good;
}

bool source_each(const char *path, SourceVisit visit, void *self, Failure *why)
{
	return source_read(path, NULL, visit, self, why);
}
