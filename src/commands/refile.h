/* refile - what the files of `trommel refile` share: a run over saved mail, looked at first, then done */
#ifndef COMMANDS_REFILE_H
#define COMMANDS_REFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/names.h"
#include "commands/refile_log.h"
#include "commands/tally.h"
#include "delivery/batch.h"
#include "delivery/journal.h"
#include "delivery/lists.h"
#include "delivery/versions.h"
#include "mailbox/source.h"
#include "mailbox/store.h"
#include "system/config.h"
#include "system/users.h"

typedef struct RefileOptions {
	const char *file;   /* of the configuration */
	const char *into;   /* NULL: the user's own mail */
	const char *resume; /* a run */
	bool move, yes, allow_outgoing;
	unsigned judges;        /* -j; 0: all cores */
	uint64_t shard, shards; /* 1/1: everything */
	char **sources;
	size_t source_count;
} RefileOptions;

/* How many messages go where; folders in the order in which they were met. */
typedef struct RefileCounts {
	Tally folders; /* in the order in which they came */
	size_t messages;
	size_t staying;                     /* in the folder that they lie in already */
	size_t withheld;                    /* would leave, and stay where they are */
	size_t redirected, answered, piped; /* what is not sent */
	size_t calendars;                   /* changes that are not made */
	size_t discarded;
	size_t failed; /* the rules did, and they stay where they are */
} RefileCounts;

typedef struct Refile {
	const RefileOptions *options;
	const Config *config;
	const User *user;
	Store *store;
	Lists lists;
	JudgeJob job;
	Batch *batch;
	RefileCounts counts; /* of the plan */
	RefileLog log;
	const char *problem; /* why a source cannot be moved from, or NULL */
	uint64_t *done;      /* keys of messages that an earlier part of the run has done with, in order */
	bool *used;          /* of them, met again */
	size_t done_count;
	Names mboxes;   /* sources that messages are taken out of at the end */
	uint64_t *sent; /* keys of messages of which something has left, in this part of the run */
	size_t sent_count, sent_capacity;
	struct RefileBatch *files;
} Refile;

/* What is known of a message on its way. */
typedef struct RefileOwn {
	uint64_t key;
	const char *name;   /* "box, message 3" */
	const char *path;   /* of a file that holds nothing else, or NULL */
	const char *sender; /* of the From_ line */
	int64_t received;   /* 0: not known */
	dev_t device;       /* of the Maildir or mbox that it lies in */
	ino_t inode;
	const HeaderIndex *header; /* once it was judged */
} RefileOwn;

/* One copy that the rules want. */
typedef struct RefileCopy {
	const char *folder; /* NULL: the inbox */
	const char *special_use;
	PlanFlags flags;
	uint32_t image;
} RefileCopy;

/* What is to be done with a message. */
typedef struct RefileFate {
	RefileCopy *copies; /* those that are to be made */
	size_t count;
	bool leaving;  /* something is to be sent */
	bool taken;    /* out of its source, when that is asked for */
	bool staying;  /* one copy would go where it lies */
	bool withheld; /* something would leave, and nothing else is left of it */
	bool discarded;
} RefileFate;

/* Decides that: refile_fate.c. */
bool refile_decide(Refile *refile, const BatchItem *item, const Plan *plan, RefileFate *fate, Failure *why);

/* Is this folder where the message lies? */
bool refile_lies_in(Refile *refile, const RefileOwn *own, const char *folder);

/* Is every source given once?  What is read twice would be filed twice. */
bool refile_sources_apart(const RefileOptions *options, Failure *why);

/* Reads all sources and asks the rules; `decided` gets each message: refile_read.c. */
bool refile_read(Refile *refile, bool (*decided)(void *self, BatchItem *item, Plan *plan, Failure *why),
		 Failure *why);

/* What tells a message from others, in every reading of the same source. */
bool refile_key(const Sourced *it, uint64_t *key, uint64_t *digest, Failure *why);

/* Counts what would be done, and prints it: refile_plan.c. */
bool refile_plan(Refile *refile, Failure *why);
void refile_plan_print(const Refile *refile, Text *out);

/* Does it: refile_run.c. */
bool refile_run(Refile *refile, Failure *why);

/* Makes a copy that the next batch will have: of the message, or of what was sent for it. */
bool refile_prepare(Refile *refile, const BatchItem *item, const RefileCopy *copy, const MessageImage *image,
		    Failure *why);

/* Sends what leaves of a message that is alone in its batch, and adds to its copies what is kept instead, to
 * `fate` what became of it: refile_send.c.  `journal` is to be finished once the batch is complete.  False:
 * the run ends, and what has left until then is known to who resumes it. */
bool refile_send(Refile *refile, const BatchItem *item, const Plan *plan, const Versions *versions,
		 RefileFate *fate, Journal **journal, size_t *sent, Failure *why);

/* What an earlier part of the run has done with, read from its log. */
bool refile_recall(Refile *refile, Failure *why);

/* Takes the messages that are done with out of the mboxes: refile_cut.c. */
bool refile_cut(Refile *refile, Failure *why);

#endif
