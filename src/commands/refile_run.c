/* refile_run - copies in batches, each noted before it is made and durable before it is called done
 *
 * Of a batch that was interrupted everything is taken back before the run goes on, so that each message is
 * filed once. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/memory.h"
#include "commands/move_file.h"
#include "commands/progress.h"
#include "commands/refile.h"
#include "commands/refile_undo.h"
#include "delivery/copies.h"
#include "delivery/versions.h"
#include "mailbox/beneath.h"
#include "mailbox/filing_bulk.h"
#include "plan/limits.h"

enum {
	MESSAGES_MAX = 1024,
	BYTES_MAX = 16 * 1024 * 1024,
	LARGE_BYTES = 512 * 1024, /* such a message is not held until others have come */
	DESCRIPTORS_BESIDES = 200
};

typedef struct Taken {
	char *path;
	size_t number; /* in taken/ */
} Taken;

typedef struct RefileBatch {
	Filing **filings; /* room for `room`, and a plan's worth */
	size_t count, room;
	Taken *taken;
	size_t taken_count, taken_capacity, taken_next;
	size_t messages, bytes;
	Text lines; /* of the messages */
	Progress progress;
} RefileBatch;

/* --- one batch --- */

static void note_place(void *self, const FiledPlace *place)
{
	RefileLog *log = self;
	char offset[24], length[24], digested[24];

	if (place->name) {
		refile_log_add(log, 'c', (const char *const[]){ place->path, place->name, NULL });
		return;
	}
	snprintf(offset, sizeof offset, "%lld", (long long)place->offset);
	snprintf(length, sizeof length, "%lld", (long long)place->length);
	snprintf(digested, sizeof digested, "%zu", place->digested);
	refile_log_add(log, 'a',
		       (const char *const[]){ place->path, offset, length, digested, place->digest, NULL });
}

static void note_taken(Refile *refile)
{
	const RefileBatch *batch = refile->files;

	for (size_t i = 0; i < batch->taken_count; i++) {
		char number[24];

		snprintf(number, sizeof number, "%zu", batch->taken[i].number);
		refile_log_add(&refile->log, 't',
			       (const char *const[]){ batch->taken[i].path, number, NULL });
	}
}

/* What is about to be is on disk before it is. */
static bool note_batch(Refile *refile, Failure *why)
{
	RefileBatch *batch = refile->files;

	refile_log_add(&refile->log, 'B', NULL);
	text_append_slice(&refile->log.pending, text_slice(&batch->lines));
	if (!filing_bulk_tell(batch->filings, batch->count, note_place, &refile->log, why))
		return false;
	note_taken(refile);
	return refile_log_flush(&refile->log, why);
}

/* One that a reader has renamed or removed meanwhile is there no more, and stays what it is: a copy of it was
 * made. */
static bool take_files(Refile *refile, Failure *why)
{
	RefileBatch *batch = refile->files;

	for (size_t i = 0; i < batch->taken_count; i++) {
		const Taken *taken = &batch->taken[i];
		auto_free char *directory = memory_copy_string(taken->path);
		char *slash = strrchr(directory, '/'), name[40];

		snprintf(name, sizeof name, "taken/%zu", taken->number);
		if (!move_file(AT_FDCWD, taken->path, refile->log.dir_fd, name, why)) {
			if (why->error != ENOENT)
				return false;
			*why = (Failure){ 0 };
		}
		if (slash)
			*slash = '\0';
		if (i + 1 == batch->taken_count ||
		    strncmp(batch->taken[i + 1].path, taken->path, strlen(directory) + 1) != 0) {
			auto_fd int fd = open(slash ? *directory ? directory : "/" : ".",
					      O_RDONLY | O_DIRECTORY | O_CLOEXEC);

			if (fd < 0 || fsync(fd) < 0)
				return failure_errno(why, "flush '%s'", directory);
		}
	}
	if (batch->taken_count) {
		auto_fd int fd = openat(refile->log.dir_fd, "taken", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0 || fsync(fd) < 0)
			return failure_errno(why, "flush what was taken");
	}
	return true;
}

static void forget_batch(RefileBatch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		filing_free(batch->filings[i]);
	for (size_t i = 0; i < batch->taken_count; i++)
		free(batch->taken[i].path);
	batch->count = batch->taken_count = batch->messages = batch->bytes = 0;
	text_reset(&batch->lines);
}

static bool commit(Refile *refile, Failure *why)
{
	RefileBatch *batch = refile->files;

	if (batch->messages == 0)
		return true;
	if (!filing_bulk_lock(batch->filings, batch->count, why) || !note_batch(refile, why) ||
	    !filing_bulk_commit(batch->filings, batch->count, why) || !take_files(refile, why))
		return false;
	refile_log_add(&refile->log, 'E', NULL);
	if (!refile_log_flush(&refile->log, why))
		return false;
	progress_step(&batch->progress, batch->messages);
	forget_batch(batch);
	return true;
}

/* --- one message --- */

bool refile_prepare(Refile *refile, const BatchItem *item, const RefileCopy *copy, const MessageImage *image,
		    Failure *why)
{
	const RefileOwn *own = item->own;
	RefileBatch *batch = refile->files;
	const FilingOptions options = { .folder = copy->folder,
					.create = true,
					.special_use = copy->special_use,
					.flags = copy->flags.names,
					.flag_count = copy->flags.count,
					.sender = *own->sender ? own->sender : item->envelope->sender,
					.received = own->received };
	bool missing;
	Filing *filing = filing_prepare(refile->store, &options, image, &missing, why);

	if (!filing)
		return failure_add(why, "folder '%s'", copy->folder ? copy->folder : "INBOX");
	batch->filings[batch->count++] = filing;
	return true;
}

static void note_message(RefileBatch *batch, const RefileOwn *own, bool taken)
{
	text_printf(&batch->lines, "m\t%016" PRIx64 "\t%s\n", own->key,
		    taken && !own->path ? "taken"
		    : taken             ? "moved"
					: "stays");
	batch->messages++;
}

/* The path is whole, so that the run can be undone from anywhere. */
static void take_file(RefileBatch *batch, const char *path)
{
	auto_free char *here = *path == '/' ? NULL : getcwd(NULL, 0);
	AUTO_VALUE(Text) whole = { 0 };

	if (here)
		text_printf(&whole, "%s/", here);
	text_append_string(&whole, path);
	MEMORY_GROW(batch->taken, batch->taken_count, batch->taken_capacity);
	batch->taken[batch->taken_count++] = (Taken){ text_take(&whole), ++batch->taken_next };
}

/* What is sent cannot be taken back, so such a message has a batch of its own: its copies are prepared, it is
 * sent, then they are filed.  Until the batch is complete the journal knows what has left. */
static bool send_message(Refile *refile, const BatchItem *item, const Plan *plan, const Versions *versions,
			 RefileFate *fate, Failure *why)
{
	RefileBatch *batch = refile->files;
	const RefileOwn *own = item->own;
	AUTO(Journal) journal = NULL;
	size_t sent;
	bool taken;

	if (!refile_send(refile, item, plan, versions, fate, &journal, &sent, why))
		return false;
	taken = refile->options->move && fate->taken;
	note_message(batch, own, taken);
	if (sent)
		text_printf(&batch->lines, "s\t%zu\n", sent);
	if (taken && own->path)
		take_file(batch, own->path);
	if (!commit(refile, why))
		return false;
	journal_finish(TAKE(journal));
	return true;
}

/* The batch's memory is not there for the children that write what is sent. */
static void own_bytes(BatchItem *item)
{
	Message *message = &item->message;
	const Slice memory = message->memory, from_line = message->from_line;

	message->memory.data = arena_copy_bytes(item->arena, memory.data, memory.length);
	message->header.data = message->memory.data;
	message->from_line.data = arena_copy_bytes(item->arena, from_line.data, from_line.length);
}

static bool file_message(void *self, BatchItem *item, Plan *plan, Failure *why)
{
	Refile *refile = self;
	RefileBatch *batch = refile->files;
	RefileOwn *own = item->own;
	AUTO_VALUE(Versions) versions = { 0 };
	RefileFate fate;
	bool taken;

	if (!refile_decide(refile, item, plan, &fate, why) ||
	    ((fate.leaving || batch->count + fate.count > batch->room) && !commit(refile, why)))
		return false;
	if (fate.leaving)
		own_bytes(item);
	own->header = header_index(item->message.header, item->arena);
	if (!versions_make(&versions, refile->config, item->envelope, &item->message, own->header, plan,
			   item->arena, why))
		return false;
	for (size_t i = 0; i < fate.count; i++)
		if (!refile_prepare(refile, item, &fate.copies[i],
				    &versions.items[fate.copies[i].image].image, why))
			return false;
	if (fate.leaving)
		return send_message(refile, item, plan, &versions, &fate, why);
	taken = refile->options->move && fate.taken;
	note_message(batch, own, taken);
	if (taken && own->path)
		take_file(batch, own->path);
	batch->bytes += (size_t)item->message.size_bytes * fate.count;
	if (batch->messages < MESSAGES_MAX && batch->count < batch->room && batch->bytes < BYTES_MAX &&
	    item->message.size_bytes < LARGE_BYTES)
		return true;
	return commit(refile, why);
}

/* --- what an earlier part has done --- */

bool refile_recall(Refile *refile, Failure *why)
{
	RefileUndo undo = { .log = &refile->log, .store = refile->store };
	const off_t open = refile->log.open_batch;

	if (!refile_undo_settle(&undo, why))
		return false;
	if (open != LOG_NO_BATCH) {
		if (!refile_undo_batches(&undo, open, why))
			return false;
		refile_log_add(&refile->log, 'R', NULL);
		if (!refile_log_flush(&refile->log, why))
			return false;
	}
	if (!refile_log_keys(&refile->log, NULL, &refile->done, &refile->done_count, why))
		return false;
	refile->used = memory_zeroed(refile->done_count + 1, sizeof *refile->used);
	return true;
}

/* --- all of it --- */

/* Each copy that waits for its batch holds files open. */
static size_t find_room(const Store *store)
{
	const size_t most = filing_bulk_max(store);
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return 1;
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur >= most * FILING_DESCRIPTORS + DESCRIPTORS_BESIDES)
		return most;
	return files.rlim_cur > DESCRIPTORS_BESIDES + FILING_DESCRIPTORS
		       ? (files.rlim_cur - DESCRIPTORS_BESIDES) / FILING_DESCRIPTORS
		       : 1;
}

bool refile_run(Refile *refile, Failure *why)
{
	RefileBatch *batch = memory_zeroed(1, sizeof *batch);
	bool done;

	batch->room = find_room(refile->store);
	batch->taken_next = refile->log.last_taken; /* behind those of an earlier part */
	batch->filings = memory_new((batch->room + 2 * LIMIT_ACTIONS + COPIES_BESIDES) *
				    sizeof *batch->filings);
	refile->files = batch;
	progress_begin(&batch->progress, "filed", refile->counts.messages);
	if (refile->used)
		memset(refile->used, 0, refile->done_count * sizeof *refile->used);
	done = refile_read(refile, file_message, why) && commit(refile, why) && refile_cut(refile, why);
	progress_end(&batch->progress);
	forget_batch(batch);
	free(batch->filings);
	free(batch->taken);
	text_clear(&batch->lines);
	free(batch);
	refile->files = NULL;
	if (!done)
		return false;
	refile_log_add(&refile->log, 'F', NULL);
	return refile_log_flush(&refile->log, why);
}
