#include "mailbox/filing_bulk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/memory.h"
#include "mailbox/filing_internal.h"

enum {
	READ_BYTES = 64 * 1024,
	MAILDIR_MAX = 1024,
	MBOX_MAX = 128
};

size_t filing_bulk_max(const Store *store)
{
	return store->location.layout == STORE_MBOX ? MBOX_MAX : MAILDIR_MAX;
}

/* ---- mboxes ---- */

static void find_leaders(Filing *const *filings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		filings[i]->leader = NULL;
		for (size_t j = 0; j < i && filings[i]->is_mbox && !filings[i]->leader; j++)
			if (filings[j]->is_mbox && !filings[j]->leader &&
			    strcmp(filings[j]->path, filings[i]->path) == 0)
				filings[i]->leader = filings[j];
	}
}

static bool leads(const Filing *filing)
{
	return filing->is_mbox && !filing->leader;
}

static bool follows(const Filing *filing, const Filing *leader)
{
	return filing == leader || filing->leader == leader;
}

bool filing_bulk_lock(Filing *const *filings, size_t count, Failure *why)
{
	auto_free Mbox **boxes = memory_new((count + 1) * sizeof *boxes);
	size_t boxes_count = 0;

	find_leaders(filings, count);
	for (size_t i = 0; i < count; i++)
		if (leads(filings[i]))
			boxes[boxes_count++] = &filings[i]->mbox;
	return boxes_count == 0 || mbox_lock_all(boxes, boxes_count, why);
}

/* The records of one mbox, small ones in one piece: each append is flushed. */
static bool append_run(Mbox *mbox, const MboxRecord *first, Text *bytes, Failure *why)
{
	MboxRecord all = { .made = *bytes, .size_bytes = (off_t)bytes->length };
	bool done;

	if (!first || bytes->length == 0)
		return true;
	all.from_line = first->from_line;
	done = mbox_append(mbox, &all, why);
	text_reset(bytes);
	return done;
}

static bool append_all(Filing *const *filings, size_t count, Filing *leader, Failure *why)
{
	AUTO_VALUE(Text) bytes = { 0 };
	const MboxRecord *first = NULL;

	for (size_t i = 0; i < count; i++) {
		const MboxRecord *record = &filings[i]->record;

		if (!filings[i]->is_mbox || !follows(filings[i], leader))
			continue;
		if (record->made.length) {
			first = bytes.length ? first : record;
			text_append_slice(&bytes, text_slice(&record->made));
		} else if (!append_run(&leader->mbox, first, &bytes, why) ||
			   !mbox_append(&leader->mbox, record, why)) {
			return false;
		}
	}
	return append_run(&leader->mbox, first, &bytes, why) && mbox_settle(&leader->mbox, why);
}

/* ---- where it is ---- */

static void digest_record(const MboxRecord *record, FiledPlace *place)
{
	const Text *known = record->made.length ? &record->made : &record->from_line;
	unsigned char result[DIGEST_BYTES];
	Digest digest;

	place->digested = known->length;
	digest_begin(&digest);
	digest_add(&digest, text_slice(known));
	digest_end(&digest, result);
	digest_hex(result, place->digest);
}

static bool tell_mbox(Filing *const *filings, size_t count, Filing *leader,
		      void (*tell)(void *self, const FiledPlace *place), void *self, Failure *why)
{
	FiledPlace place = { .path = leader->path };

	if (!mbox_next_offset(&leader->mbox, &place.offset, why))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!filings[i]->is_mbox || !follows(filings[i], leader))
			continue;
		place.length = filings[i]->record.size_bytes;
		digest_record(&filings[i]->record, &place);
		tell(self, &place);
		place.offset += place.length;
	}
	return true;
}

bool filing_bulk_tell(Filing *const *filings, size_t count, void (*tell)(void *self, const FiledPlace *place),
		      void *self, Failure *why)
{
	for (size_t i = 0; i < count; i++) {
		Filing *filing = filings[i];
		AUTO_VALUE(Text) name = { 0 };

		if (leads(filing) && !tell_mbox(filings, count, filing, tell, self, why))
			return false;
		if (filing->is_mbox)
			continue;
		text_printf(&name, "%s/%s", filing->draft.target, text_string(&filing->draft.name));
		tell(self, &(FiledPlace){ .path = filing->path, .name = text_string(&name) });
	}
	return true;
}

bool filed_place_look(const FiledPlace *place, int mbox_fd, bool *holds, Failure *why)
{
	unsigned char result[DIGEST_BYTES];
	char buffer[READ_BYTES], hex[DIGEST_HEX];
	Digest digest;

	digest_begin(&digest);
	for (size_t done = 0; done < place->digested;) {
		size_t wanted = place->digested - done < sizeof buffer ? place->digested - done
								       : sizeof buffer;
		ssize_t got = io_read_at(mbox_fd, buffer, wanted, place->offset + (off_t)done);

		if (got < 0)
			return failure_errno(why, "read '%s'", place->path);
		*holds = got == (ssize_t)wanted;
		if (!*holds)
			return true;
		digest_add(&digest, slice(buffer, wanted));
		done += wanted;
	}
	digest_end(&digest, result);
	digest_hex(result, hex);
	*holds = strcmp(hex, place->digest) == 0;
	return true;
}

/* ---- all of it ---- */

/* One flush of the whole file system is quicker than one of each file or directory, and says whether anything
 * of it failed (since Linux 5.8).  Folders may lie on several. */
static bool flush(Filing *const *filings, size_t count, Failure *why)
{
	for (size_t i = 0; i < count; i++) {
		bool again = filings[i]->is_mbox;

		for (size_t j = 0; j < i && !again; j++)
			again = !filings[j]->is_mbox && filings[j]->draft.device == filings[i]->draft.device;
		if (!again && syncfs(filings[i]->draft.target_fd) < 0)
			return failure_errno(why, "flush '%s'", filings[i]->path);
	}
	return true;
}

bool filing_bulk_commit(Filing *const *filings, size_t count, Failure *why)
{
	bool done = flush(filings, count, why);

	for (size_t i = 0; i < count && done; i++)
		done = !leads(filings[i]) || append_all(filings, count, filings[i], why);
	for (size_t i = 0; i < count && done; i++)
		done = filings[i]->is_mbox || maildir_publish(&filings[i]->draft, why);
	done = done && flush(filings, count, why);
	for (size_t i = 0; i < count && done; i++) {
		if (leads(filings[i]))
			mbox_commit(&filings[i]->mbox);
		filings[i]->state = FILING_PUBLISHED;
	}
	return done;
}
