/* refile_cut - take the messages that are done with out of the mboxes they came from
 *
 * At the end of a run, when every copy is on disk: each mbox is read again under its locks, so that whatever
 * has come or changed since it was first read stays. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "commands/refile.h"
#include "commands/refile_undo.h"
#include "mailbox/mbox_excise.h"

typedef struct Cutting {
	Refile *refile;
	uint64_t *keys;
	bool *used;
	size_t key_count;
	MboxRegions regions;
	const char *name; /* of the excision */
	const char *path; /* of the mbox, as the source has it */
} Cutting;

static bool is_taken(Cutting *cutting, uint64_t key)
{
	for (size_t low = 0, high = cutting->key_count; low < high;) {
		size_t middle = (low + high) / 2;

		if (cutting->keys[middle] < key)
			low = middle + 1;
		else if (cutting->keys[middle] > key)
			high = middle;
		else {
			while (middle > 0 && cutting->keys[middle - 1] == key)
				middle--;
			for (; middle < cutting->key_count && cutting->keys[middle] == key; middle++)
				if (!cutting->used[middle])
					return cutting->used[middle] = true;
			return false;
		}
	}
	return false;
}

static bool visit(void *self, const Sourced *it, Failure *why)
{
	Cutting *cutting = self;
	Sourced named = *it;
	uint64_t key, shard;

	named.name = cutting->path; /* as it was called when it was read first */
	if (!refile_key(&named, &key, &shard, why))
		return false;
	if (!is_taken(cutting, key))
		return true;
	mbox_regions_add(&cutting->regions, it->offset, it->length);
	return true;
}

static bool excise(void *self, Mbox *mbox, Failure *why)
{
	Cutting *cutting = self;
	Excise excise = { .dir_fd = cutting->refile->log.dir_fd, .name = cutting->name };
	bool done = excise_begin(&excise, mbox, cutting->regions.items, cutting->regions.count, why);

	excise_clear(&excise);
	return done;
}

static bool cut_mbox(Cutting *cutting, const char *path, unsigned *number, Failure *why)
{
	const SourceOptions options = { .lock_as = cutting->refile->store, .locked = excise };
	auto_free char *whole = realpath(path, NULL);
	char name[40];
	bool is_cut;

	if (!whole)
		return failure_errno(why, "find '%s'", path);
	if (!refile_undo_is_cut(&cutting->refile->log, whole, number, &is_cut, why))
		return false;
	if (is_cut)
		return true;
	snprintf(name, sizeof name, "cut-%u", *number);
	cutting->name = name;
	cutting->regions.count = 0;
	cutting->path = path;
	return source_read(whole, &options, visit, cutting, why);
}

bool refile_cut(Refile *refile, Failure *why)
{
	Cutting cutting = { .refile = refile };
	unsigned number = 1;
	bool done;

	if (!refile->options->move || refile->mboxes.count == 0)
		return true;
	done = refile_log_keys(&refile->log, "taken", &cutting.keys, &cutting.key_count, why);
	cutting.used = memory_zeroed(cutting.key_count + 1, sizeof *cutting.used);
	for (size_t i = 0; i < refile->mboxes.count && done; i++)
		done = cut_mbox(&cutting, refile->mboxes.items[i], &number, why);
	free(cutting.keys);
	free(cutting.used);
	free(cutting.regions.items);
	return done;
}
