/* Saved mail of any kind gives the same messages from a file and through a pipe; what was put into an archive
 * comes out of it, whole and in order; and no damage leads outside of it (POSIX.1-2017, pax: ustar).
 *
 * The first byte says which: 0, and the rest is any file; 1, an archive of the rest; 2, one with damage whose
 * sums are right all the same. */
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "mailbox/source_walk.h"

enum {
	BLOCK_BYTES = 512,
	MEMBERS_MAX = 6,
	MEMBER_BYTES = 1200
};

/* ---- an archive from choices ---- */

typedef struct Archive {
	Text bytes;
	size_t heads[MEMBERS_MAX];
	Slice members[MEMBERS_MAX];
	size_t count;
} Archive;

static void put_sum(char *block)
{
	unsigned sum = 0;
	char digits[8];

	memset(block + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK_BYTES; i++)
		sum += (unsigned char)block[i];
	snprintf(digits, sizeof digits, "%06o", sum);
	memcpy(block + 148, digits, sizeof digits);
}

static void put_member(FuzzChoices *choices, Archive *archive)
{
	Slice bytes = fuzz_bytes(choices, MEMBER_BYTES);
	char block[BLOCK_BYTES] = "";

	snprintf(block, 100, "mail/%s/%zu", fuzz_choose(choices, 2) ? "new" : "cur", archive->count);
	snprintf(block + 124, 12, "%011zo", bytes.length);
	snprintf(block + 136, 12, "%011o", 1000000U);
	block[156] = '0';
	memcpy(block + 257, "ustar\00000", 8);
	put_sum(block);
	archive->members[archive->count] = bytes;
	archive->heads[archive->count++] = archive->bytes.length;
	text_append(&archive->bytes, block, BLOCK_BYTES);
	text_append_slice(&archive->bytes, bytes);
	while (archive->bytes.length % BLOCK_BYTES)
		text_append_char(&archive->bytes, '\0');
}

static void end_archive(Archive *archive)
{
	for (size_t i = 0; i < (size_t)2 * BLOCK_BYTES; i++)
		text_append_char(&archive->bytes, '\0');
}

/* Some bytes of the headers are others. */
static void damage(FuzzChoices *choices, Archive *archive)
{
	static const unsigned char places[] = { 0, 5, 10, 124, 125, 134, 136, 156, 157 };

	while (archive->count && choices->rest.length) {
		char *block = archive->bytes.data + archive->heads[fuzz_choose(choices, archive->count)];
		size_t at = places[fuzz_choose(choices, sizeof places)];

		block[at] = (char)fuzz_choose(choices, 256);
		put_sum(block);
	}
}

/* ---- reading ---- */

/* What came: everything that is told of each message, in one text. */
typedef struct Seen {
	Slice file;
	Text told;
	Slice spans[MEMBERS_MAX];
	size_t count;
} Seen;

static bool see(void *self, const Sourced *it, Failure *why)
{
	Seen *seen = self;
	Slice bytes = it->message->memory;

	(void)why;
	LAW(it->offset >= 0 && it->length >= 0 && it->offset + it->length <= (off_t)seen->file.length);
	LAW((off_t)bytes.length <= it->length + 2, "a message of %zu bytes", bytes.length);
	if (seen->count < MEMBERS_MAX)
		seen->spans[seen->count] = slice(seen->file.data + it->offset, (size_t)it->length);
	seen->count++;
	text_printf(&seen->told, "%s|%zu|%s|%lld|%lld|%lld:", it->name, it->number,
		    it->folder ? it->folder : "", (long long)it->offset, (long long)it->length,
		    (long long)(it->has_received ? it->received : -1));
	for (size_t i = 0; i < it->flag_count; i++)
		text_printf(&seen->told, "%s ", it->flags[i]);
	text_append_slice(&seen->told, it->sender);
	text_append_slice(&seen->told, bytes);
	return true;
}

static bool read_from(int fd, Seen *seen, Failure *why)
{
	SourceWalk walk = { .options = &(SourceOptions){ 0 }, .visit = see, .self = seen };
	SourcePlace place = { .name = "saved", .folder_fd = -1 };
	bool good = input_begin(&walk.input, fd, why) && walk_content(&walk, &place, why);

	LAW(good || *why->text);
	input_clear(&walk.input);
	names_clear(&walk.flags);
	return good;
}

static bool read_file(Seen *seen, Failure *why)
{
	auto_fd int fd = memfd_create("saved", MFD_CLOEXEC);

	LAW(fd >= 0 && io_write(fd, seen->file.data, seen->file.length) && lseek(fd, 0, SEEK_SET) == 0);
	return read_from(fd, seen, why);
}

/* All of it fits into a pipe. */
static bool read_pipe(Seen *seen, Failure *why)
{
	int ends[2];
	bool good;

	LAW(pipe2(ends, 0) == 0 && io_write(ends[1], seen->file.data, seen->file.length));
	close(ends[1]);
	good = read_from(ends[0], seen, why);
	close(ends[0]);
	return good;
}

/* ---- the laws ---- */

static void read_both(Slice file, const Archive *archive)
{
	Seen direct = { .file = file }, piped = { .file = file };
	Failure why = { 0 };
	bool good = read_file(&direct, &why);

	/* What ends too early is seen at once in a file, and at its end through a pipe. */
	if (read_pipe(&piped, &(Failure){ 0 }))
		LAW(good, "%s", why.text);
	LAW(direct.count <= piped.count);
	LAW(direct.told.length <= piped.told.length);
	LAW_SAME(slice(text_string(&piped.told), good ? piped.told.length : direct.told.length),
		 text_slice(&direct.told));
	if (archive) {
		LAW(good && direct.count == archive->count, "%s", why.text);
		for (size_t i = 0; i < archive->count; i++)
			LAW_SAME(direct.spans[i], archive->members[i]);
	}
	text_clear(&direct.told);
	text_clear(&piped.told);
}

static void fuzz(Slice input)
{
	FuzzChoices choices = { input };
	size_t which = fuzz_choose(&choices, 3), count;
	Archive archive = { 0 };

	if (which == 0) {
		read_both(choices.rest, NULL);
		return;
	}
	for (count = 1 + fuzz_choose(&choices, MEMBERS_MAX); archive.count < count;)
		put_member(&choices, &archive);
	if (which == 2)
		damage(&choices, &archive);
	end_archive(&archive);
	read_both(text_slice(&archive.bytes), which == 1 ? &archive : NULL);
	text_clear(&archive.bytes);
}
