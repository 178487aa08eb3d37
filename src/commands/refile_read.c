/* refile_read - the messages of all sources, with what a delivery would have known of them */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/memory.h"
#include "commands/refile.h"
#include "commands/saved.h"
#include "delivery/world_answer.h"
#include "message/header.h"

enum {
	PIECE_BYTES = 128 * 1024
};

/* --- which message --- */

static uint64_t number_in(const unsigned char bytes[DIGEST_BYTES])
{
	uint64_t number = 0;

	for (int i = 0; i < 8; i++)
		number = number << 8 | bytes[i];
	return number;
}

static bool digest_message(const Message *message, unsigned char result[DIGEST_BYTES], Failure *why)
{
	auto_free char *piece = NULL;
	Digest digest;
	size_t got;

	digest_begin(&digest);
	digest_add(&digest, message->memory);
	if ((off_t)message->memory.length < message->size_bytes)
		piece = memory_new(PIECE_BYTES);
	for (off_t at = (off_t)message->memory.length; at < message->size_bytes; at += (off_t)got) {
		if (!message_read(message, at, piece, PIECE_BYTES, &got, why))
			return false;
		digest_add(&digest, slice(piece, got));
	}
	digest_end(&digest, result);
	return true;
}

/* The file's name without what a reader changes: flags, and whether it is in new/ or cur/. */
static void add_file(Digest *digest, const char *path)
{
	const char *base = strrchr(path, '/');

	base = base ? base + 1 : path;
	digest_add(digest, slice(base, strcspn(base, ":")));
}

bool refile_key(const Sourced *it, uint64_t *key, uint64_t *shard, Failure *why)
{
	unsigned char bytes[DIGEST_BYTES];
	Digest digest;

	if (!digest_message(it->message, bytes, why))
		return false;
	*shard = number_in(bytes);
	digest_begin(&digest);
	digest_add(&digest, slice((const char *)bytes, sizeof bytes));
	digest_add(&digest, it->message->from_line);
	add_file(&digest, it->name);
	digest_end(&digest, bytes);
	*key = number_in(bytes);
	return true;
}

/* Of several that are alike each stands for one. */
static bool is_done(Refile *refile, uint64_t key)
{
	size_t low = 0, high = refile->done_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (refile->done[middle] < key)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < refile->done_count && refile->done[low] == key; low++)
		if (!refile->used[low])
			return refile->used[low] = true;
	return false;
}

/* --- what is known of it --- */

static bool cut_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
	return slash != NULL;
}

/* The Maildir whose new/ or cur/ the file is in, or NULL: what lies elsewhere in it is in no folder. */
static const char *find_maildir(const char *path, Arena *arena)
{
	auto_free char *here = *path == '/' ? NULL : getcwd(NULL, 0);
	char *box = arena_printf(arena, "%s%s%s", here ? here : "", here ? "/" : "", path);
	const char *part;

	if (!cut_last(box))
		return NULL;
	part = strrchr(box, '/');
	if (!part || (strcmp(part, "/new") != 0 && strcmp(part, "/cur") != 0) || !cut_last(box))
		return NULL;
	return *box ? box : "/";
}

/* The mbox, or the Maildir. */
static void find_box(const Sourced *it, RefileOwn *own, Arena *arena)
{
	const char *box = it->path ? find_maildir(it->path, arena) : it->name;
	struct stat there;

	if (box && stat(box, &there) == 0) {
		own->device = there.st_dev;
		own->inode = there.st_ino;
	}
}

static RefileOwn *make_own(const Sourced *it, uint64_t key, Arena *arena)
{
	RefileOwn *own = ARENA_NEW(arena, RefileOwn);

	own->key = key;
	own->name = it->number ? arena_printf(arena, "%s, message %zu", it->name, it->number)
			       : arena_copy_string(arena, it->name);
	own->path = it->path ? arena_copy_string(arena, it->path) : NULL;
	own->sender = arena_copy_bytes(arena, it->sender.data ? it->sender.data : "", it->sender.length);
	own->received = it->has_received ? it->received : 0;
	find_box(it, own, arena);
	return own;
}

/* A source of which nothing can be taken is known by its first message. */
static void check_source(Refile *refile, const Sourced *it)
{
	struct stat there;

	if (!refile->options->move || it->path)
		return;
	if (!it->number || stat(it->name, &there) < 0)
		refile->problem =
			"messages can be taken out of a Maildir, an mbox or a file, and not out of an "
			"archive or standard input";
	for (size_t i = 0; i < refile->mboxes.count; i++)
		if (strcmp(refile->mboxes.items[i], it->name) == 0)
			return;
	names_add(&refile->mboxes, it->name);
}

/* Is it of our part, and not done with?  While all there is is only counted nobody asks which one it is. */
static bool is_ours(Refile *refile, const Sourced *it, uint64_t *key, bool *ours, Failure *why)
{
	const RefileOptions *options = refile->options;
	uint64_t shard;

	*ours = true;
	if (!refile->files && options->shards == 1 && refile->done_count == 0)
		return true;
	if (!refile_key(it, key, &shard, why))
		return false;
	*ours = shard % options->shards == options->shard - 1 && !is_done(refile, *key);
	return true;
}

static bool add_message(void *self, const Sourced *it, Failure *why)
{
	Refile *refile = self;
	Arena *arena = batch_arena(refile->batch);
	const HeaderIndex *header;
	Envelope *envelope;
	BatchItem item = { .message = *it->message, .now = refile->job.now };
	uint64_t key = 0;
	bool ours;

	check_source(refile, it);
	if (!is_ours(refile, it, &key, &ours, why))
		return false;
	if (!ours)
		return true;
	header = header_index(it->message->header, arena);
	envelope = ARENA_NEW(arena, Envelope);
	*envelope = saved_envelope(refile->config, refile->user, NULL, NULL, it->message, header, arena);
	item.envelope = envelope;
	item.flags = saved_flags(it, arena);
	item.own = make_own(it, key, arena);
	return batch_add(refile->batch, &item, why);
}

/* --- all of them --- */

/* Is `inner` the file or directory `outer`, or a path in it?  Both are resolved. */
static bool lies_in(const char *inner, const char *outer)
{
	size_t length = strlen(outer);

	return strncmp(inner, outer, length) == 0 && (inner[length] == '\0' || inner[length] == '/');
}

/* By another name, or by a second one of the same file. */
static bool is_read_with(const char *one, const char *other, bool *twice)
{
	auto_free char *path = realpath(one, NULL), *other_path = realpath(other, NULL);
	struct stat it, that;

	if (!path || !other_path || stat(path, &it) < 0 || stat(other_path, &that) < 0)
		return false;
	*twice = it.st_dev == that.st_dev && it.st_ino == that.st_ino;
	return *twice || lies_in(path, other_path);
}

bool refile_sources_apart(const RefileOptions *options, Failure *why)
{
	bool twice = false;

	for (size_t i = 0; i < options->source_count; i++)
		for (size_t j = 0; j < options->source_count; j++)
			if (i != j && is_read_with(options->sources[i], options->sources[j], &twice))
				return failure_set(why, FAILURE_USAGE, "5.6.0",
						   twice ? "'%s' and '%s' are the same: give it once"
							 : "'%s' is read with '%s': leave it out",
						   options->sources[i], options->sources[j]);
	return true;
}

static bool answer(void *self, const BatchItem *item, const Question *question, Answer *out, Failure *why)
{
	Refile *refile = self;

	(void)item;
	if (lists_are_asked(question))
		return lists_answer(&refile->lists, question, out, why);
	return world_answer(refile->store, question, out, why);
}

bool refile_read(Refile *refile, bool (*decided)(void *self, BatchItem *item, Plan *plan, Failure *why),
		 Failure *why)
{
	const SourceOptions reading = { .lock_as = refile->store,
					.briefly = true,
					.always_locked = refile->options->move };
	bool good;

	refile->batch = batch_open(&(BatchSettings){ .job = &refile->job,
						     .judges = refile->options->judges,
						     .ask = answer,
						     .decided = decided,
						     .self = refile },
				   why);
	good = refile->batch != NULL;
	for (size_t i = 0; good && i < refile->options->source_count; i++)
		good = source_read(refile->options->sources[i], &reading, add_message, refile, why);
	good = good && batch_finish(refile->batch, why);
	batch_close(refile->batch);
	refile->batch = NULL;
	return good;
}
