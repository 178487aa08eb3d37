/* source_tar - an archive of messages and mailboxes, read as it streams by
 * POSIX.1-2017, pax: ustar and pax interchange format; GNU's long names
 *
 * Every member is a piece of the input; what is no mail is passed over. */
#include "mailbox/source_walk.h"

#include <stdint.h>
#include <string.h>

#include "base/ascii.h"
#include "base/text.h"

enum {
	BLOCK_BYTES = 512,
	END_BYTES = 2 * BLOCK_BYTES,
	CHECKSUM_AT = 148,
	CHECKSUM_BYTES = 8,
	/* of pax records and of names: a name has 4096 bytes at most where it could be unpacked */
	LONGEST_EXTRA = 64 * 1024,
};

/* What the header of a member says, and what was said in front of it. */
typedef struct Member {
	Text name;
	bool has_name, has_size, has_time; /* by a pax record or a long name before it */
	off_t size;
	int64_t time;
} Member;

/* --- numbers --- */

/* Octal digits, or base 256 with the first bit set. */
static bool read_number(const char *field, size_t length, int64_t *number)
{
	uint64_t value = 0;
	size_t i = 0;

	if ((unsigned char)field[0] & 0x80) {
		value = (unsigned char)field[0] & 0x7f;
		for (i = 1; i < length; i++) {
			if (value >> 55)
				return false;
			value = value << 8 | (unsigned char)field[i];
		}
		*number = (int64_t)value;
		return true;
	}
	while (i < length && field[i] == ' ')
		i++;
	for (; i < length && field[i] >= '0' && field[i] <= '7'; i++)
		value = value << 3 | (uint64_t)(field[i] - '0');
	*number = (int64_t)value;
	return value <= INT64_MAX >> 1 && (i == length || field[i] == ' ' || field[i] == '\0');
}

static bool checksum_fits(const char *block)
{
	int64_t said, sum = 0;

	if (!read_number(block + CHECKSUM_AT, CHECKSUM_BYTES, &said))
		return false;
	for (size_t i = 0; i < BLOCK_BYTES; i++)
		sum += i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_BYTES ? ' ' : (unsigned char)block[i];
	return sum == said;
}

static bool is_zero(Slice block)
{
	for (size_t i = 0; i < block.length; i++)
		if (block.data[i])
			return false;
	return true;
}

/* One without members begins with the two blocks of zeros that are an archive's end. */
bool walk_knows_tar(Slice beginning)
{
	if (beginning.length >= END_BYTES && is_zero(slice(beginning.data, END_BYTES)))
		return true;
	return beginning.length >= BLOCK_BYTES && beginning.data[0] && checksum_fits(beginning.data);
}

/* --- names --- */

static Slice field(const char *block, size_t at, size_t most)
{
	return slice(block + at, strnlen(block + at, most));
}

static void take_name(Member *member, const char *block)
{
	bool is_ustar = memcmp(block + 257, "ustar\0", 6) == 0;
	Slice prefix = is_ustar ? field(block, 345, 155) : SLICE("");

	if (member->has_name)
		return;
	text_reset(&member->name);
	text_append_slice(&member->name, prefix);
	if (prefix.length)
		text_append_char(&member->name, '/');
	text_append_slice(&member->name, field(block, 0, 100));
}

static void set_name(Member *member, Slice name)
{
	text_reset(&member->name);
	text_append(&member->name, name.data, strnlen(name.data, name.length));
	member->has_name = member->name.length > 0;
}

static int64_t decimal(Slice digits)
{
	int64_t value = 0;

	for (size_t i = 0; i < digits.length && ascii_is_digit(digits.data[i]); i++)
		value = value > INT64_MAX / 100 ? value : value * 10 + (digits.data[i] - '0');
	return value;
}

/* "27 path=Lists/cur/1.a:2,S\n", one behind the other. */
static void take_pax(Member *member, Slice records)
{
	while (records.length) {
		size_t length = (size_t)decimal(records), blank = 0;
		Slice record;

		while (blank < records.length && records.data[blank] != ' ')
			blank++;
		if (length <= blank + 1 || length > records.length)
			return;
		record = slice(records.data + blank + 1, length - blank - 2);
		if (ascii_starts_with_fold(record, "path=")) {
			set_name(member, slice_from(record, 5));
		} else if (ascii_starts_with_fold(record, "size=")) {
			member->has_size = true;
			member->size = decimal(slice_from(record, 5));
		} else if (ascii_starts_with_fold(record, "mtime=")) {
			member->has_time = true;
			member->time = decimal(slice_from(record, 6));
		}
		records = slice_from(records, length);
	}
}

/* --- what a name tells --- */

/* ".../Maildir/.Lists.Work/cur/1.a": the folder is "Lists/Work"; ".../Maildir/cur/1.a": the inbox;
 * "mail/lists": "lists".  What is in front of the first slash is the archive's root. */
static bool find_folder(const char *name, Text *folder)
{
	const char *last = strrchr(name, '/'), *before = last;
	const char *start = strchr(name, '/');
	bool of_maildir;
	Slice directory;

	if (!last)
		return false;
	while (before > name && before[-1] != '/')
		before--;
	directory = slice(before, (size_t)(last - before));
	of_maildir = slice_equal(directory, SLICE("cur")) || slice_equal(directory, SLICE("new"));
	if (!of_maildir) {
		walk_folder_name(slice_of(start + 1), '/', folder);
		return false;
	}
	/* The directory that cur/ is in. */
	last = before > name ? before - 1 : before;
	before = last;
	while (before > name && before[-1] != '/')
		before--;
	if (before < last && *before == '.' && last - before > 1)
		walk_folder_name(slice(before + 1, (size_t)(last - before - 1)), '.', folder);
	else if (start < last)
		walk_folder_name(slice(start + 1, (size_t)(last - start - 1)), '/', folder);
	else
		text_append_string(folder, "INBOX");
	return true;
}

/* Hidden files, and what is below hidden directories that are no folders of Maildir++; and messages that are
 * not finished. */
static bool is_passed_over(const char *name)
{
	for (const char *part = name; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL) {
		const char *slash = strchr(part, '/');

		if (strncmp(part, "tmp/", 4) == 0)
			return true;
		if (part[0] == '.' &&
		    !(slash && (strncmp(slash, "/cur/", 5) == 0 || strncmp(slash, "/new/", 5) == 0)))
			return true;
	}
	return false;
}

/* --- members --- */

/* A mailbox of which a crash has left zeros in front is no empty archive. */
static bool take_zeros(SourceInput *input, Failure *why)
{
	for (;;) {
		Slice window;

		if (!input_fill(input, BLOCK_BYTES, why))
			return false;
		window = input_window(input);
		if (window.length == 0)
			return true;
		if (!is_zero(window))
			return failure_retry(why, "the archive begins with its end, and more is behind that");
		input_take(input, window.length);
	}
}

static bool visit_member(SourceWalk *walk, const SourcePlace *archive, const Member *member, Failure *why)
{
	AUTO_VALUE(Text) name = { 0 };
	AUTO_VALUE(Text) folder = { 0 };
	const char *inside = text_string(&member->name);
	SourcePlace place = {
		.folder_fd = -1, .is_found = true, .within = true, .has_time = true, .time = member->time
	};

	while (strncmp(inside, "./", 2) == 0)
		inside += 2;
	if (is_passed_over(inside))
		return true;
	text_printf(&name, "%s:%s", archive->name, inside);
	place.of_maildir = find_folder(inside, &folder);
	place.name = text_string(&name);
	place.folder = folder.length ? text_string(&folder) : NULL;
	return walk_content(walk, &place, why);
}

static bool read_extra(SourceWalk *walk, char type, off_t size, Member *member, Failure *why)
{
	Slice extra;

	if (size > LONGEST_EXTRA)
		return true; /* comments, or nonsense */
	if (!input_fill(&walk->input, (size_t)size, why))
		return false;
	extra = input_window(&walk->input);
	if (extra.length > (size_t)size)
		extra.length = (size_t)size;
	if (type == 'L')
		set_name(member, extra);
	else
		take_pax(member, extra);
	return true;
}

static void forget(Member *member)
{
	member->has_name = member->has_size = member->has_time = false;
}

/* What is behind the header `block`, which is at the front of the input. */
static bool take_member(SourceWalk *walk, const SourcePlace *archive, const char *block, Member *member,
			Failure *why)
{
	SourceInput *input = &walk->input;
	off_t end = input->end, next;
	char type = block[156];
	int64_t size, time;
	bool good;

	if (!checksum_fits(block) || !read_number(block + 124, 12, &size) ||
	    !read_number(block + 136, 12, &time))
		return failure_retry(why, "the archive is damaged at byte %lld", (long long)input->offset);
	if (member->has_size)
		size = member->size;
	if (!member->has_time)
		member->time = time;
	if (size > INT64_MAX / 4 || (input->seekable && size > input->size - input->offset - BLOCK_BYTES))
		return failure_retry(why, "the archive ends too early");
	take_name(member, block);
	input_take(input, BLOCK_BYTES);
	next = input->offset + (size + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
	if (type == 'L' || type == 'x') {
		good = read_extra(walk, type, size, member, why);
	} else {
		input->end = input->offset + size;
		good = (type && !strchr("07", type)) || visit_member(walk, archive, member, why);
		input->end = end;
		if (type != 'K' && type != 'g')
			forget(member);
	}
	return good && input_skip(input, next - input->offset, why);
}

static bool take_members(SourceWalk *walk, const SourcePlace *archive, Member *member, Failure *why)
{
	bool is_empty = true;

	for (;;) {
		char block[BLOCK_BYTES];
		Slice window;

		if (!input_fill(&walk->input, BLOCK_BYTES, why))
			return false;
		window = input_window(&walk->input);
		if (window.length == 0)
			return true;
		if (window.length < BLOCK_BYTES)
			return failure_retry(why, "the archive ends too early");
		memcpy(block, window.data, BLOCK_BYTES);
		if (is_zero(slice(block, BLOCK_BYTES)))
			return !is_empty || archive->is_found || take_zeros(&walk->input, why);
		is_empty = false;
		if (!take_member(walk, archive, block, member, why))
			return false;
	}
}

bool walk_tar(SourceWalk *walk, const SourcePlace *place, Failure *why)
{
	Member member = { 0 };
	bool good = take_members(walk, place, &member, why) || failure_add(why, "in '%s'", place->name);

	text_clear(&member.name);
	return good;
}
